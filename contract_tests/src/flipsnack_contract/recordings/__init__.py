"""What was recorded of a client and a server, judged afterwards by what the rules say of time and order."""
