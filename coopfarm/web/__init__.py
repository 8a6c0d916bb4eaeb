"""What we ask of HTTP: who asks, in which words to answer, and one transaction each."""
