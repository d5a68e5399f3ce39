"""The finance officer’s desk: what of a fund waits under which heading, and the list behind each."""
