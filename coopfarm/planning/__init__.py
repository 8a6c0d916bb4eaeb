"""The pure core: numbers in; a plan, a certificate and an explanation out."""
