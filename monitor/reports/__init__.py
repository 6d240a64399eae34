"""What is handed out: plain data in, bytes or text out. No database, no clock."""
