"""What is known about machines and who has them."""
