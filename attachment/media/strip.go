package media

import (
	"aiqyn"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Strip copies a file as others are shown it: without what it says of the device
// and of whoever made it. A document is read twice, so it must be an [io.Seeker];
// its length stays.
func Strip(w io.Writer, r io.Reader, info Info) error {
	in := newScanner(r)
	switch info.Type {
	case JPEG:
		return stripJPEG(w, in, info.Camera.Upward)
	case PNG:
		return stripPNG(w, in)
	case PDF:
		if r, ok := r.(io.ReadSeeker); ok {
			return stripPDF(w, r)
		}
		return aiqyn.E(aiqyn.Internal, "error.internal").Because(errors.New("media: a document that is read once"))
	}
	return aiqyn.E(aiqyn.Internal, "error.internal").Because(fmt.Errorf("media: type %q", info.Type))
}

// stripJPEG copies a picture without what it says of its maker: of the marked
// segments only those stay that it is shown by.
func stripJPEG(w io.Writer, in *scanner, upward int) error {
	if _, err := in.need(2); err != nil {
		return err
	}
	if _, err := w.Write(head(upward)); err != nil {
		return err
	}
	mark, err := nextMark(in)
	for err == nil && mark != markEOI {
		var body []byte
		if body, err = segment(in); err != nil {
			return err
		}
		if !isPrivate(mark, body) {
			if err = writeSegment(w, mark, body); err != nil {
				return err
			}
		}
		if mark == markSOS {
			mark, err = copyScan(w, in)
		} else {
			mark, err = nextMark(in)
		}
	}
	if err != nil {
		return err
	}
	_, err = w.Write([]byte{0xFF, markEOI})
	return err
}

// isPrivate reports whether a segment says something of the picture that is not
// needed to show it. Adobe's says how colours are written.
func isPrivate(mark byte, body []byte) bool {
	if mark == markAPP14 {
		return !bytes.HasPrefix(body, []byte("Adobe")) || len(body) != 12
	}
	return mark == markCOM || mark >= markAPP0 && mark <= markAPP15
}

func writeSegment(w io.Writer, mark byte, body []byte) error {
	front := []byte{0xFF, mark, 0, 0}
	binary.BigEndian.PutUint16(front[2:], uint16(len(body)+2))
	_, err := w.Write(append(front, body...))
	return err
}

// head begins a picture: with nothing, or with which way is up.
func head(upward int) []byte {
	b := []byte{0xFF, markSOI}
	if upward < 2 || upward > 8 {
		return b
	}
	// A TIFF of one entry: orientation, a short.
	exif := []byte(exifHead + "MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(upward)) + "\x00\x00\x00\x00\x00\x00")
	b = append(b, 0xFF, markAPP1, 0, byte(len(exif)+2))
	return append(b, exif...)
}

// stripPNG copies the chunks that the picture is shown by.
func stripPNG(w io.Writer, in *scanner) error {
	if _, err := in.need(8); err != nil {
		return err
	}
	if _, err := io.WriteString(w, pngMagic); err != nil {
		return err
	}
	for {
		c, err := nextChunk(in)
		if err != nil {
			return err
		}
		to := io.Discard
		if pngShown[c.name] {
			to = w
			front := binary.BigEndian.AppendUint32(nil, c.length)
			if _, err := w.Write(append(front, c.name...)); err != nil {
				return err
			}
		}
		if err := c.body(in, to); err != nil {
			return err
		}
		if to == w {
			if _, err := w.Write(binary.BigEndian.AppendUint32(nil, c.sum.Sum32())); err != nil {
				return err
			}
		}
		if c.name == "IEND" {
			return nil
		}
	}
}
