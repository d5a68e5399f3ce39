"""PDFs of pages to print: ordered by what they show, made by the worker, kept in the file store.

A PDF is found by the hash of its page's HTML, so that changed content is another PDF and none is given
out that is out of date. Who may read a page is asked before its HTML is made; a PDF knows of no reader.

orders    what a page needs is looked up, and ordered where it is not there
drawing   the worker's part: claims what is due and stores what the press has made
press     WeasyPrint in a process of its own, whose memory is given back when it ends
joining   parts joined into one PDF
"""

LACKING = "The software that writes PDFs is not installed: WeasyPrint finds no Pango."
