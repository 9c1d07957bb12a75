package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"aiqyn"
)

// Markers of JPEG (ITU T.81, table B.1).
const (
	markSOF0  = 0xC0 // baseline
	markSOF1  = 0xC1 // extended
	markSOF2  = 0xC2 // progressive
	markDHT   = 0xC4
	markJPG   = 0xC8
	markDAC   = 0xCC
	markRST0  = 0xD0
	markRST7  = 0xD7
	markSOI   = 0xD8
	markEOI   = 0xD9
	markSOS   = 0xDA
	markAPP0  = 0xE0
	markAPP1  = 0xE1
	markAPP14 = 0xEE
	markAPP15 = 0xEF
	markCOM   = 0xFE
)

const exifHead = "Exif\x00\x00"

// mostScans is how often a picture may go over its own points: each costs the
// decoder a pass over all of them. Encoders make about ten.
const mostScans = 64

// readJPEG walks through the segments to the end of the picture, which must be
// the end of the file.
func readJPEG(in *scanner, info *Info, limits Limits) error {
	if _, err := in.need(2); err != nil { // SOI, seen already
		return err
	}
	scans := 0
	mark, err := nextMark(in)
	for err == nil {
		switch {
		case mark == markEOI:
			if scans == 0 {
				return malformed(errors.New("no scan"))
			}
			return in.atEnd()
		case mark == markSOI || mark >= markRST0 && mark <= markRST7 || mark < markSOF0:
			return malformed(fmt.Errorf("marker %#x", mark))
		}
		var body []byte
		if body, err = segment(in); err != nil {
			return err
		}
		switch {
		case mark == markSOS:
			if info.Width == 0 {
				return malformed(errors.New("a scan before its frame"))
			}
			if scans++; scans > mostScans {
				return aiqyn.E(aiqyn.Invalid, "error.attachment-bomb")
			}
			if mark, err = skipScan(in); err != nil {
				return err
			}
			continue
		case isFrame(mark):
			if info.Width != 0 {
				return malformed(errors.New("two frames"))
			}
			err = readFrame(mark, body, info, limits)
		case mark == markAPP1 && bytes.HasPrefix(body, []byte(exifHead)) && info.Camera == (Camera{}):
			info.Camera = readExif(body[len(exifHead):])
		}
		if err == nil {
			mark, err = nextMark(in)
		}
	}
	return err
}

// isFrame reports whether a marker begins a frame, of any kind.
func isFrame(mark byte) bool {
	return mark >= markSOF0 && mark <= 0xCF && mark != markDHT && mark != markJPG && mark != markDAC
}

// nextMark reads a marker, with the fill bytes before it.
func nextMark(in *scanner) (byte, error) {
	b, err := in.byte()
	if err != nil {
		return 0, err
	}
	if b != 0xFF {
		return 0, malformed(errors.New("no marker where one must be"))
	}
	return afterFF(in)
}

// segment reads the body of a marker: 64 KiB at most.
func segment(in *scanner) ([]byte, error) {
	n, err := in.uint16()
	if err != nil {
		return nil, err
	}
	if n < 2 {
		return nil, malformed(errors.New("a segment shorter than its length"))
	}
	body := make([]byte, n-2)
	if _, err := io.ReadFull(in, body); err != nil {
		return nil, ended(err)
	}
	return body, nil
}

// readFrame takes size and sampling of a picture from its frame.
func readFrame(mark byte, b []byte, info *Info, limits Limits) error {
	if mark != markSOF0 && mark != markSOF1 && mark != markSOF2 {
		return malformed(fmt.Errorf("frame %#x is of a kind that nothing shows", mark))
	}
	if len(b) < 6 || len(b) != 6+3*int(b[5]) || b[0] != 8 || b[5] == 0 || b[5] > 4 {
		return malformed(errors.New("frame"))
	}
	height, width := int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	var sum, most int64
	for c := 6; c < len(b); c += 3 {
		h, v := int64(b[c+1]>>4), int64(b[c+1]&15)
		if h == 0 || v == 0 || h > 4 || v > 4 {
			return malformed(errors.New("sampling"))
		}
		sum, most = sum+h*v, max(most, h*v)
	}
	quarters := (4*sum + most - 1) / most
	if mark == markSOF2 {
		quarters *= 5 // coefficients of four bytes beside the picture
	}
	return info.measure(width, height, quarters, limits)
}

// skipScan reads to the marker that ends a scan.
func skipScan(in *scanner) (byte, error) { return copyScan(io.Discard, in) }

// copyScan copies to the marker that ends a scan.
func copyScan(w io.Writer, in *scanner) (byte, error) {
	for {
		line, err := in.ReadSlice(0xFF)
		full := errors.Is(err, bufio.ErrBufferFull)
		if err != nil && !full {
			return 0, ended(err)
		}
		if !full {
			line = line[:len(line)-1]
		}
		if _, err := w.Write(line); err != nil || full { // before the next reading takes its place
			if err != nil {
				return 0, err
			}
			continue
		}
		b, err := afterFF(in)
		if err != nil || !isData(b) {
			return b, err
		}
		if _, err := w.Write([]byte{0xFF, b}); err != nil {
			return 0, err
		}
	}
}

// afterFF is the first byte behind 0xFF that is another.
func afterFF(in *scanner) (byte, error) {
	b := byte(0xFF)
	for b == 0xFF {
		var err error
		if b, err = in.byte(); err != nil {
			return 0, err
		}
	}
	return b, nil
}

// isData reports whether 0xFF and this byte belong to a scan.
func isData(b byte) bool { return b == 0 || b >= markRST0 && b <= markRST7 }
