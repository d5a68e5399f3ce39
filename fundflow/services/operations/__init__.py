"""What is done with the catalogue and with orders."""
