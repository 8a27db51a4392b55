"""Contents of mails, made without Odoo."""

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa7\x9a\xa0\xa0\x00\x00\x00\x00IEND\xaeB`\x82"
)


def pack_winmail(*files):
    """A winmail.dat (TNEF) with these (name, content)."""

    def attribute(level, kind, name, data):
        checksum = (sum(data) & 0xFFFF).to_bytes(2, "little")
        head = bytes([level]) + name.to_bytes(2, "little") + kind.to_bytes(2, "little")
        return head + len(data).to_bytes(4, "little") + data + checksum

    packed = b"\x78\x9f\x3e\x22\x01\x00" + attribute(1, 8, 0x9006, b"\x00\x00\x01\x00")
    for name, content in files:
        packed += attribute(2, 6, 0x9002, b"\x01\x00" + b"\xff" * 4 + b"\x00" * 8)
        packed += attribute(2, 1, 0x8010, name.encode() + b"\x00") + attribute(2, 6, 0x800F, content)
    return packed
