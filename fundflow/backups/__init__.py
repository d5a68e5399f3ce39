"""One archive of the database and the files, taken while the service runs, and put back elsewhere.

`archive` is the file: what it holds, with checksums. `databases` takes the database as it stood at one
moment, and puts it back. `operations` joins them with the store of files.
"""
