package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"strings"
)

const (
	pngMagic = "\x89PNG\r\n\x1a\n"
	maxChunk = 64 << 10 // of what is not picture data
)

// pngShown are the chunks that a picture is shown by. Others stay out of what is
// shown; others that are critical, or that make it move, are refused.
var pngShown = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "gAMA": true, "cHRM": true, "sRGB": true, "sBIT": true, "bKGD": true, "pHYs": true,
}

// chunk is one chunk of a PNG, at its beginning.
type chunk struct {
	name   string
	length uint32
	sum    hash.Hash32
}

func nextChunk(in *scanner) (chunk, error) {
	b, err := in.need(8)
	if err != nil {
		return chunk{}, err
	}
	c := chunk{name: string(b[4:]), length: binary.BigEndian.Uint32(b), sum: crc32.NewIEEE()}
	c.sum.Write(b[4:])
	if c.length > 1<<31-1 {
		return c, malformed(errors.New("a chunk of more than 2 GiB"))
	}
	return c, nil
}

// body reads a chunk into w, and holds it against its check sum.
func (c *chunk) body(in *scanner, w io.Writer) error {
	if _, err := io.CopyN(io.MultiWriter(w, c.sum), in, int64(c.length)); err != nil {
		return ended(err)
	}
	b, err := in.need(4)
	if err != nil {
		return err
	}
	if binary.BigEndian.Uint32(b) != c.sum.Sum32() {
		return malformed(fmt.Errorf("chunk %s has another check sum", c.name))
	}
	return nil
}

// readPNG walks through the chunks to the last, behind which nothing may stand.
// Packed text is not unpacked.
func readPNG(in *scanner, info *Info, limits Limits) error {
	if _, err := in.need(8); err != nil { // the magic, seen already
		return err
	}
	data := false
	for first := true; ; first = false {
		c, err := nextChunk(in)
		if err != nil {
			return err
		}
		if first != (c.name == "IHDR") {
			return malformed(errors.New("the header is not the first"))
		}
		if err := c.check(); err != nil {
			return err
		}
		var held limited
		if err := c.body(in, held.of(c.name)); err != nil {
			return err
		}
		switch c.name {
		case "IHDR":
			err = readHeader(held.b, info, limits)
		case "IDAT":
			data = true
		case "eXIf":
			info.Camera = readExif(held.b)
			info.Camera.Upward = 0 // what is shown has no chunk that says so
		case "IEND":
			if !data {
				return malformed(errors.New("no picture data"))
			}
			return in.atEnd()
		}
		if err != nil {
			return err
		}
	}
}

// check refuses chunks that no photograph or plan has.
func (c *chunk) check() error {
	critical := c.name[0]&0x20 == 0
	switch {
	case critical && !pngShown[c.name]:
		return malformed(fmt.Errorf("chunk %q is not known", c.name))
	case c.name == "acTL" || c.name == "fcTL" || c.name == "fdAT":
		return malformed(errors.New("it moves"))
	case c.name == "IEND" && c.length != 0:
		return more()
	case c.length > maxChunk && c.name != "IDAT" && strings.ToLower(c.name[:1]) != c.name[:1]:
		return malformed(fmt.Errorf("chunk %s has %d bytes", c.name, c.length))
	}
	return nil
}

// limited holds the chunks that are looked into.
type limited struct{ b []byte }

func (l *limited) of(name string) io.Writer {
	if name == "IHDR" || name == "eXIf" {
		return l
	}
	return io.Discard
}

func (l *limited) Write(p []byte) (int, error) {
	l.b = append(l.b, p[:min(len(p), maxChunk-len(l.b))]...)
	return len(p), nil
}

func readHeader(b []byte, info *Info, limits Limits) error {
	if len(b) != 13 {
		return malformed(errors.New("header"))
	}
	width, height := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if width > 1<<20 || height > 1<<20 { // nor can their product overflow
		width, height = min(width, 1<<20), min(height, 1<<20)
	}
	// Bytes of a pixel once decoded, by colour type.
	bytes, known := map[byte]int64{0: 1, 2: 4, 3: 1, 4: 4, 6: 4}[b[9]]
	if !known || b[10] != 0 || b[11] != 0 || b[12] > 1 {
		return malformed(errors.New("header"))
	}
	if b[8] == 16 {
		bytes *= 2
	}
	return info.measure(int(width), int(height), 4*bytes, limits)
}
