"""What is known about work parties, duty, rotas, asks and offers."""
