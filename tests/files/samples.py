"""Files to upload: good ones, made as small as they may be, and what a hostile sender makes of them."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import pikepdf
from PIL import Image
from PIL.PngImagePlugin import PngInfo

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MEGABYTE = 1024 * 1024


def pdf(inside: bytes = b"", after: bytes = b"") -> bytes:
    pages = (
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    )
    end = b"\ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n9\n%%EOF\n"
    return b"%PDF-1.7\n" + pages + inside + end + after


def packed(harm: Mapping[str, Any] | None = None, **options: Any) -> bytes:
    """A real PDF of one page whose objects stand in streams.

    harm  a key of its catalog, and what it holds
    """
    made, out = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    for key, value in (harm or {}).items():
        made.Root[key] = made.make_indirect(value)
    made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, **options)
    return out.getvalue()


def swollen(megabytes: int) -> bytes:
    """A PDF whose stream of objects unpacks to so many megabytes of spaces."""
    stream = _spaces(b"3 0 ", megabytes)
    begins = f"4 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length {len(stream)}>>stream\n".encode()
    return pdf(begins + stream + b"\nendstream\nendobj\n")


def _spaces(begins: bytes, megabytes: int) -> bytes:
    """A zlib stream of these bytes and many spaces: one packed megabyte repeated, as packing a gigabyte
    takes seconds. Its checksum (Adler-32) is right."""
    packer = zlib.compressobj(1)
    packed = packer.compress(begins) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    last_block = b"\x03\0"
    n, before = megabytes * MEGABYTE, zlib.adler32(begins)
    low = (before & 0xFFFF) + n * ord(" ")
    high = (before >> 16) + n * (before & 0xFFFF) + ord(" ") * n * (n + 1) // 2
    checksum = (high % 65521) << 16 | low % 65521
    return packed + block * megabytes + last_block + checksum.to_bytes(4, "big")


def csv(text: str = "school,pupils\nOak,210\nElm,180\n", code: str = "utf-8") -> bytes:
    return text.encode(code)


def zipped(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def types(main: str, part: str, more: str = "") -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return (
        f'<?xml version="1.0"?><Types xmlns="{space}"><Override PartName="/{part}" ContentType="{main}"/>'
        f"{more}</Types>"
    ).encode()


def relations(kind: str, target: str, mode: str = "External") -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{space}"><Relationship Id="r1" Target="{target}" '
        f'Type="{RELATION}{kind}" TargetMode="{mode}"/></Relationships>'
    ).encode()


def docx(more: Mapping[str, bytes] | None = None, **options: Any) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": types(WORD, "word/document.xml"),
            "_rels/.rels": relations("officeDocument", "word/document.xml", "Internal"),
            "word/document.xml": b"<w/>",
            **(more or {}),
        },
        **options,
    )


WORD_SPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SHEET_SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def written(*parts: str, part: str = "word/document.xml") -> bytes:
    """A Word document of one paragraph with these runs and fields."""
    inside = "".join(parts)
    return docx({part: f'<w:document xmlns:w="{WORD_SPACE}"><w:p>{inside}</w:p></w:document>'.encode()})


def field(*codes: str, result: str = "1") -> str:
    """A field whose instruction is split over these runs; a code that begins with < is a field in it."""
    runs = "".join(
        code if code.startswith("<") else f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes
    )
    begin, separate, end = (
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )
    return f"{begin}{runs}{separate}<w:r><w:t>{result}</w:t></w:r>{end}"


def sheet(formula: str) -> bytes:
    """A workbook with this formula in a cell."""
    cell = f'<row r="1"><c r="A1"><f>{formula}</f><v>1</v></c></row>'
    return xlsx({"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET_SPACE}">{cell}</worksheet>'.encode()})


def xlsx(more: Mapping[str, bytes] | None = None) -> bytes:
    return zipped(
        {"[Content_Types].xml": types(EXCEL, "xl/workbook.xml"), "xl/workbook.xml": b"<x/>", **(more or {})}
    )


def docm() -> bytes:
    """A Word document with macros, as Word saves it."""
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    return zipped(
        {
            "[Content_Types].xml": types(macro, "word/document.xml"),
            "word/document.xml": b"<w/>",
            "word/vbaProject.bin": b"\xd0\xcf\x11\xe0",
        }
    )


def bomb(size: int) -> bytes:
    """A Word document of which one part unpacks to so many zeros."""
    return docx({"word/media/image1.bin": b"\0" * size})


def lying(data: bytes) -> bytes:
    """A zip whose lists say that its parts are a byte long."""
    out, start = bytearray(data), 0
    while (start := out.find(b"PK\x01\x02", start)) >= 0:
        out[start + 24 : start + 28] = b"\x01\0\0\0"
        start += 4
    return bytes(out)


def locked(data: bytes) -> bytes:
    """A zip whose parts are marked as encrypted."""
    out = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := out.find(mark, start)) >= 0:
            out[start + offset] |= 1
            start += 4
    return bytes(out)


def doubled(name: str) -> bytes:
    """A Word document with one name in it twice."""
    data = docx({"word/a.xml": b"<a/>", "word/b.xml": b"<b/>"})
    return data.replace(b"word/b.xml", name.encode())


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="1"/></svg>'
HTML = b"<!doctype html><html><body><script>alert(document.cookie)</script>,</body></html>"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
EXE = b"MZ\x90\0" + b"\0" * 200
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def laughs() -> bytes:
    """The billion laughs: ten entities, each ten of the one before."""
    named = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l0 "lol">{named}]><a>&l9;</a>'.encode()


def blow_up() -> bytes:
    """One long entity, named many times."""
    return f'<!DOCTYPE a [<!ENTITY x "{"x" * 50_000}">]><a>{"&x;" * 50_000}</a>'.encode()


def external(where: str) -> bytes:
    """An entity that stands for what lies at an address."""
    return f'<!DOCTYPE a [<!ENTITY x SYSTEM "{where}">]><a Target="x">&x;</a>'.encode()


# -- OpenDocument -------------------------------------------------------------------------------

OPEN_TEXT = "application/vnd.oasis.opendocument.text"
OPEN_SHEET = "application/vnd.oasis.opendocument.spreadsheet"
OPEN_SPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("draw", "drawing"),
        ("script", "script"),
        ("meta", "meta"),
        ("form", "form"),
    )
)
XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def odt(
    *inside: str, more: Mapping[str, bytes] | None = None, kind: str = OPEN_TEXT, manifest: str = ""
) -> bytes:
    """An OpenDocument file with this in its content, as LibreOffice packs it."""
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}">{manifest}'
    space = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        parts = {
            "content.xml": f"<office:document-content {OPEN_SPACES} {XLINK}><office:scripts/><office:body>"
            f"{''.join(inside)}</office:body></office:document-content>".encode(),
            "META-INF/manifest.xml": (
                f'<?xml version="1.0"?><manifest:manifest {space}>{entry}</manifest:file-entry>'
                "</manifest:manifest>"
            ).encode(),
            **(more or {}),
        }
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def ods(formula: str = "of:=SUM([.A1:.A9])", more: Mapping[str, bytes] | None = None) -> bytes:
    """An OpenDocument spreadsheet with this formula in a cell."""
    cell = f'<table:table-row><table:table-cell table:formula="{formula}"/></table:table-row>'
    return odt(f'<table:table table:name="1">{cell}</table:table>', more=more, kind=OPEN_SHEET)


# -- photographs --------------------------------------------------------------------------------

SECRET = b"51.5072 N, Sam Sample"


def photograph(
    kind: str = "JPEG", size: tuple[int, int] = (60, 40), side_up: int = 6, **options: Any
) -> bytes:
    """A photograph as a telephone takes it: with where, when and by whom, and lying on a side."""
    picture, out, exif = Image.new("RGB", size, "white"), io.BytesIO(), Image.Exif()
    picture.putpixel((3, 3), (200, 30, 30))
    exif[0x0112], exif[0x013B] = side_up, SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    if kind == "PNG":
        noted = PngInfo()
        noted.add_text("Comment", SECRET.decode())
        options["pnginfo"] = noted
    else:
        options["comment"] = SECRET
    picture.save(out, kind, exif=exif, **options)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG whose header claims to be so large, with a byte of picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )
