"""What officers and schools do about support. Each ends with the commit; each raises Refused or Stale."""
