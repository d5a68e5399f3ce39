"""Who is paid: proposed by one finance officer, one by one or in a file, and confirmed by another."""
