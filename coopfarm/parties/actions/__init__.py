"""What is done about work parties, duty, rotas, asks and offers. No function here commits."""
