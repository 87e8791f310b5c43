"""What is read from and written to disk; imports nothing, so that resources are found without NumPy too."""
