package media

import (
	"encoding/binary"
	"strings"
	"unicode"

	"aiqyn/evidence"
)

// Tags of Exif 2.32 that are read.
const (
	tagMake        = 0x010F
	tagModel       = 0x0110
	tagOrientation = 0x0112
	tagDateTime    = 0x0132
	tagExif        = 0x8769
	tagGPS         = 0x8825
	tagTaken       = 0x9003
	tagOffset      = 0x9011
	tagLatRef      = 1
	tagLat         = 2
	tagLonRef      = 3
	tagLon         = 4
)

const maxEntries = 200 // of a directory; cameras write a few dozen

// tiff is the block that Exif is written in.
type tiff struct {
	b     []byte
	order binary.ByteOrder
}

// readExif takes from Exif what a case may want to know. What does not make
// sense is left out: a picture is no worse for it.
func readExif(b []byte) (c Camera) {
	t := tiff{b: b}
	switch {
	case len(b) < 8:
		return c
	case string(b[:4]) == "II\x2a\x00":
		t.order = binary.LittleEndian
	case string(b[:4]) == "MM\x00\x2a":
		t.order = binary.BigEndian
	default:
		return c
	}
	main := t.directory(int64(t.order.Uint32(b[4:])))
	taken, zone := main[tagDateTime].text(), ""
	if sub, ok := main[tagExif]; ok {
		exif := t.directory(sub.whole())
		if at := exif[tagTaken].text(); at != "" {
			taken, zone = at, exif[tagOffset].text()
		}
	}
	c.Taken = moment(taken, zone)
	c.Model = strings.TrimSpace(main[tagMake].text() + " " + main[tagModel].text())
	if up := main[tagOrientation].whole(); up >= 2 && up <= 8 {
		c.Upward = int(up)
	}
	if sub, ok := main[tagGPS]; ok {
		c.Place = place(t.directory(sub.whole()))
	}
	return c
}

// field is one entry of a directory.
type field struct {
	t     *tiff
	kind  uint16
	count uint32
	value []byte
}

// sizes of the types of TIFF, in bytes.
var sizes = map[uint16]int64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}

// directory reads the entries of one directory; their own values only, so that
// directories that lead in a circle are read once each.
func (t *tiff) directory(at int64) map[uint16]field {
	fields := make(map[uint16]field)
	if at < 8 || at+2 > int64(len(t.b)) {
		return fields
	}
	n := int64(t.order.Uint16(t.b[at:]))
	for i := range min(n, maxEntries) {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(t.b)) {
			break
		}
		e := t.b[entry : entry+12]
		f := field{t: t, kind: t.order.Uint16(e[2:]), count: t.order.Uint32(e[4:])}
		size := sizes[f.kind] * int64(f.count)
		from := entry + 8
		if size > 4 {
			from = int64(t.order.Uint32(e[8:]))
		}
		if size == 0 || size > int64(len(t.b)) || from+size > int64(len(t.b)) {
			continue
		}
		f.value = t.b[from : from+size]
		if tag := t.order.Uint16(e); fields[tag].t == nil {
			fields[tag] = f
		}
	}
	return fields
}

// text is a text of letters that can be shown.
func (f field) text() string {
	if f.t == nil || f.kind != 2 {
		return ""
	}
	text, _, _ := strings.Cut(string(f.value), "\x00")
	text = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text[:min(len(text), 64)])
}

// whole is a whole number, −1 if it is none.
func (f field) whole() int64 {
	switch {
	case f.t == nil:
		return -1
	case f.kind == 3:
		return int64(f.t.order.Uint16(f.value))
	case f.kind == 4:
		return int64(f.t.order.Uint32(f.value))
	}
	return -1
}

// degrees is three fractions: degrees, minutes, seconds; in 10⁻⁷ degrees.
func (f field) degrees() (int64, bool) {
	if f.t == nil || f.kind != 5 || f.count < 3 {
		return 0, false
	}
	sum, unit := int64(0), int64(10_000_000)
	for i := range int64(3) {
		over, under := int64(f.t.order.Uint32(f.value[8*i:])), int64(f.t.order.Uint32(f.value[8*i+4:]))
		if under == 0 {
			if over != 0 {
				return 0, false
			}
			under = 1
		}
		// Whole degrees apart: 2³² by 10⁷ is within 63 bits.
		if over/under > 1_000_000 {
			return 0, false
		}
		sum += over * unit / under
		unit /= 60
	}
	return sum, true
}

// place is where the camera's receiver says it was.
func place(gps map[uint16]field) *evidence.Point {
	lat, okLat := gps[tagLat].degrees()
	lon, okLon := gps[tagLon].degrees()
	const e7 = 10_000_000
	if !okLat || !okLon || lat > 90*e7 || lon > 180*e7 || lat == 0 && lon == 0 {
		return nil
	}
	if strings.HasPrefix(gps[tagLatRef].text(), "S") {
		lat = -lat
	}
	if strings.HasPrefix(gps[tagLonRef].text(), "W") {
		lon = -lon
	}
	return &evidence.Point{Lat: lat, Lon: lon}
}

// moment turns "2026:11:23 10:15:00" and "+05:00" into an instant as ISO 8601
// writes it; "" if that is none.
func moment(at, zone string) string {
	const shape = "dddd:dd:dd dd:dd:dd"
	if len(at) != len(shape) {
		return ""
	}
	for i := range shape {
		digit := at[i] >= '0' && at[i] <= '9'
		if digit != (shape[i] == 'd') || !digit && at[i] != shape[i] {
			return ""
		}
	}
	out := strings.Replace(at[:10], ":", "-", 2) + "T" + at[11:]
	if len(zone) == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':' {
		for _, i := range []int{1, 2, 4, 5} {
			if zone[i] < '0' || zone[i] > '9' {
				return out
			}
		}
		out += zone
	}
	return out
}
