"""Work shared out: parties, rotas, asks and offers."""
