package media

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"aiqyn"
)

// Limits of what is remembered of a document while it is read.
const (
	maxTold    = 4096 // objects that tell about the document, and references to such
	maxStrings = 256  // of one of them
	maxPackets = 8    // streams of objects with such objects in them
	maxText    = 256  // bytes of a string that are looked at
)

// tells are the keys of a dictionary that tells about its document (ISO 32000-1,
// table 317).
var tells = map[string]bool{
	"Title": true, "Author": true, "Subject": true, "Keywords": true, "Creator": true, "Producer": true, "CreationDate": true, "ModDate": true,
}

// barred are keys that such a dictionary never has, and bookmarks, notes on pages
// and other things with a title do.
var barred = map[string]bool{"Type": true, "Subtype": true, "Parent": true}

// span is a part of a file, or of what a stream holds.
type span struct{ from, to int64 }

// blank is a part of a document that is written over: by spaces, or by these
// bytes and zeros behind them. The length stays, so every offset that the
// document knows of itself stays true.
type blank struct {
	span
	with []byte
}

// object is what is remembered of an object while it is read.
type object struct {
	number   int64
	depth    int    // of dictionaries
	tells    bool   // about the document
	barred   bool   // no: it is something else
	indirect bool   // it has values that stand elsewhere
	strings  []span // in it
	many     bool   // more than are remembered
	made     string // of the document, as it is written there
	program  string
}

// told is what a document tells about itself and its makers, and where.
type told struct {
	blanks  []blank
	called  map[int64]string // objects that must have been found, and as what
	found   map[int64]string
	unsafe  bool // something tells that cannot be written over
	packets int
	made    string
	program string
}

const (
	asInfo = "Info"     // the dictionary that the end of the document calls
	asXMP  = "Metadata" // a stream of XMP
)

func newTold() *told { return &told{called: map[int64]string{}, found: map[int64]string{}} }

// note remembers what a number stands for, within the limit.
func (t *told) note(in map[int64]string, number int64, as string) {
	if in[number] == "" {
		in[number] = as
	}
	if len(in) > maxTold {
		t.unsafe = true
	}
}

// check refuses a document that tells about its makers where it cannot be written
// over: in place, or not at all.
func (t *told) check() error {
	for number, as := range t.called {
		if t.found[number] != as {
			t.unsafe = true
		}
	}
	if t.unsafe {
		return aiqyn.E(aiqyn.Invalid, "error.attachment-metadata")
	}
	return nil
}

// camera is what is recorded of it: when it was made, and by which program. Who
// made it is nobody's business.
func (t *told) camera() Camera {
	return Camera{Taken: pdfMoment(t.made), Model: t.program}
}

// begin is the beginning of an object.
func (p *pdfReader) begin(number int64) {
	p.object = object{number: number}
	p.key, p.ints = "", 0
}

// endObject keeps what an object told that is no stream.
func (p *pdfReader) endObject() {
	o := p.object
	p.begin(0)
	if !o.tells || o.barred {
		return
	}
	if o.many || o.indirect {
		return // not found: if the document calls it, it is refused
	}
	p.told.note(p.told.found, o.number, asInfo)
	p.told.made, p.told.program = o.made, o.program
	p.spans = append(p.spans, o.strings...)
	if !p.inner {
		for _, s := range p.spans {
			p.told.blanks = append(p.told.blanks, blank{span: s})
		}
		p.spans = p.spans[:0]
	}
	if len(p.told.blanks) > maxTold*4 || len(p.spans) > maxTold {
		p.told.unsafe = true
	}
}

// seen takes a name of an object in.
func (p *pdfReader) seen(name string) {
	p.key, p.ints = name, 0
	if p.object.depth == 1 {
		p.object.tells = p.object.tells || tells[name]
		p.object.barred = p.object.barred || barred[name]
	}
}

// number reads a number; two of them and an R are a reference.
func (p *pdfReader) number(first byte) error {
	n, whole := int64(first-'0'), isDigit(first)
	for {
		b, err := p.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if !isDigit(b) && b != '.' {
			if err := p.UnreadByte(); err != nil {
				return err
			}
			break
		}
		whole = whole && b != '.' && n < 1<<40
		if whole {
			n = n*10 + int64(b-'0')
		}
	}
	if !whole {
		p.ints = 0
		return nil
	}
	p.last = [2]int64{p.last[1], n}
	p.ints++
	switch {
	case p.ints != 1:
	case p.key == "N":
		p.held = n
	case p.key == "First":
		p.first = n
	}
	return nil
}

// reference takes in that an object stands elsewhere.
func (p *pdfReader) reference() {
	if p.ints == 2 && (p.key == asInfo || p.key == asXMP) {
		p.told.note(p.told.called, p.last[0], p.key)
	}
	if p.object.depth == 1 && tells[p.key] {
		p.object.indirect = true
	}
	p.key, p.ints = "", 0
}

// angle reads what begins with "<": a dictionary, or a string in digits.
func (p *pdfReader) angle() error {
	next, err := p.Peek(1)
	if err == nil && next[0] == '<' {
		p.Discard(1)
		if p.key == asInfo {
			p.told.unsafe = true // it is to stand elsewhere, and must not be looked for here
		}
		p.object.depth++
		p.key, p.ints = "", 0
		return nil
	}
	from, digits := p.at, p.text[:0]
	for {
		b, err := p.byte()
		if err != nil {
			return err
		}
		if b == '>' {
			break
		}
		if isHex(b) && len(digits) < 2*maxText {
			digits = append(digits, b)
		}
	}
	for i := 0; i+1 < len(digits); i += 2 {
		digits[i/2] = unhex(digits[i])<<4 | unhex(digits[i+1])
	}
	p.text = digits[:len(digits)/2]
	p.string(span{from, p.at - 1})
	return nil
}

// string takes in a string, which stands in a span and reads p.text.
func (p *pdfReader) string(s span) {
	o := &p.object
	if o.depth > 0 {
		if len(o.strings) < maxStrings {
			o.strings = append(o.strings, s)
		} else {
			o.many = true
		}
	}
	if o.depth == 1 && p.ints == 0 {
		switch p.key {
		case "CreationDate":
			o.made = string(p.text)
		case "Creator":
			o.program = pdfText(p.text)
		case "Producer":
			if o.program == "" {
				o.program = pdfText(p.text)
			}
		}
	}
	p.key, p.ints = "", 0
}

// isXMP reports whether the stream that comes tells about the document.
func (p *pdfReader) isXMP() bool {
	for i, name := range p.names[:max(0, len(p.names)-1)] {
		if name == "Type" && p.names[i+1] == asXMP {
			return true
		}
	}
	return false
}

// xmp has a stream written over that tells about the document. One that is packed
// becomes an empty one.
func (p *pdfReader) xmp(number, from int64, packed bool) {
	b := blank{span: span{from, p.at - int64(len("endstream"))}}
	if packed {
		b.with = pack(nil)
	}
	if p.hasOtherFilter() || int64(len(b.with)) > b.to-b.from {
		p.told.unsafe = true
		return
	}
	p.told.note(p.told.found, number, asXMP)
	p.told.blanks = append(p.told.blanks, b)
}

// overwrite leaves the space of something and nothing else.
func overwrite(b []byte) {
	for i := range b {
		if !isSpace(b[i]) {
			b[i] = ' '
		}
	}
}

// inspectPDF looks through a document that must be one that can be stripped.
func inspectPDF(in *scanner) (Camera, error) {
	t, err := readPDF(in)
	if err == nil {
		err = t.check()
	}
	if err != nil {
		return Camera{}, err
	}
	return t.camera(), nil
}

// stripPDF copies a document without what it tells about its makers.
func stripPDF(w io.Writer, r io.ReadSeeker) error {
	t, err := readPDF(newScanner(r))
	if err == nil {
		err = t.check()
	}
	if err == nil {
		_, err = r.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	slices.SortFunc(t.blanks, func(a, b blank) int { return int(a.from - b.from) })
	at, buf := int64(0), make([]byte, 32<<10)
	for _, b := range t.blanks {
		if _, err := io.CopyN(w, r, b.from-at); err != nil {
			return err
		}
		for at = b.from; at < b.to; {
			part := buf[:min(int64(len(buf)), b.to-at)]
			if _, err := io.ReadFull(r, part); err != nil {
				return err
			}
			b.over(part, at)
			if _, err := w.Write(part); err != nil {
				return err
			}
			at += int64(len(part))
		}
	}
	_, err = io.Copy(w, r)
	return err
}

// over writes over a part of a blank that stands somewhere.
func (b *blank) over(part []byte, at int64) {
	if b.with == nil {
		overwrite(part)
		return
	}
	clear(part)
	if skip := at - b.from; skip < int64(len(b.with)) {
		copy(part, b.with[skip:])
	}
}

// pdfText is a string as people read it: in UTF-16, UTF-8 or one byte a letter.
func pdfText(b []byte) string {
	var s string
	switch {
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		var units []uint16
		for i := 2; i+1 < len(b); i += 2 {
			units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
		}
		s = string(utf16.Decode(units))
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		s = strings.ToValidUTF8(string(b[3:]), "")
	default:
		for _, c := range b {
			s += string(rune(c))
		}
	}
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s))
	for len(s) > 200 {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
	}
	return s
}

// pdfMoment reads "D:20261123101500+05'00'".
func pdfMoment(text string) string {
	text = strings.TrimPrefix(text, "D:")
	if len(text) < 14 {
		return ""
	}
	if _, err := strconv.ParseUint(text[:14], 10, 64); err != nil {
		return ""
	}
	zone := ""
	if rest := strings.ReplaceAll(text[14:], "'", ""); len(rest) == 5 {
		zone = rest[:3] + ":" + rest[3:]
	} else if rest == "Z" {
		zone = "+00:00"
	}
	return moment(text[:4]+":"+text[4:6]+":"+text[6:8]+" "+text[8:10]+":"+text[10:12]+":"+text[12:14], zone)
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
