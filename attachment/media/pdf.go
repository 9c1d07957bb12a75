package media

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"slices"
	"strings"

	"aiqyn"
)

// Limits of what is unpacked of a document.
const (
	maxInflated = 512 << 20 // of all its streams, counted and not kept
	maxObjects  = 16 << 20  // of a stream of objects, which is looked into
	maxToken    = 256       // letters of a name
	maxNames    = 8192      // of one object
)

// active are the names that make a document do something, carry another file
// along, or be read by a key only: no plan needs them.
var active = map[string]bool{
	"JavaScript": true, "JS": true, "Launch": true, "EmbeddedFile": true, "EmbeddedFiles": true, "RichMedia": true, "XFA": true,
	"SubmitForm": true, "ImportData": true, "GoToE": true,
}

// pdfReader reads a document from its first byte: names, strings, and streams,
// which are unpacked to be counted.
type pdfReader struct {
	*scanner
	inflated int64
	names    []string      // since the last "obj"
	read     []byte        // of the name, word or comment that is read
	unpacker io.ReadCloser // by zlib; one for all streams, for it is large
	inner    bool          // within a stream of objects
	ended    bool          // nothing but space since %%EOF

	told   *told
	object object
	key    string   // the name right before
	ints   int      // numbers since
	last   [2]int64 // of them
	held   int64    // by a stream of objects: how many
	first  int64    // and where the first is
	text   []byte   // of a string
	starts []start  // of the objects in a stream
	spans  []span   // there, that tell about the document
}

// readPDF looks through a document and finds what it tells about itself. It must
// end with its end mark, after which only space may come.
func readPDF(in *scanner) (*told, error) {
	p := &pdfReader{scanner: in, told: newTold()}
	if err := p.tokens(); err != nil {
		return nil, err
	}
	if !p.ended {
		return nil, more()
	}
	p.endObject()
	return p.told, nil
}

// tokens reads to the end.
func (p *pdfReader) tokens() error {
	for {
		b, err := p.ReadByte()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case isSpace(b):
			continue
		case b == '%':
			if err := p.unseen(p.comment); err != nil {
				return err
			}
			continue
		}
		p.ended = false
		for len(p.starts) > 0 && p.at > p.starts[0].at {
			p.endObject()
			p.begin(p.starts[0].number)
			p.starts = p.starts[1:]
		}
		switch {
		case b == '/':
			err = p.name()
		case b == '(':
			err = p.unseen(p.paren)
		case b == '<':
			err = p.unseen(p.angle)
		case b == '>':
			p.close()
		case isDigit(b):
			err = p.number(b)
		case isLetter(b):
			err = p.word(b)
		default:
			p.key, p.ints = "", 0
		}
		if err != nil {
			return err
		}
	}
}

// comment reads to the end of the line: an end mark is one.
func (p *pdfReader) comment() error {
	p.read = p.read[:0]
	for {
		b, err := p.ReadByte()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err != nil || b == '\n' || b == '\r' {
			p.ended = string(bytes.TrimRight(p.read, " \t")) == "%EOF" || p.ended && len(p.read) == 0
			return nil
		}
		if len(p.read) < maxToken {
			p.read = append(p.read, b)
		}
	}
}

// name reads a name, its letters written as numbers made plain: what is hidden
// so is hidden on purpose.
func (p *pdfReader) name() error {
	name := p.read[:0]
	for len(name) < maxToken {
		b, err := p.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if isSpace(b) || strings.IndexByte("()<>[]{}/%", b) >= 0 {
			if err := p.UnreadByte(); err != nil {
				return err
			}
			break
		}
		if b == '#' {
			two, err := p.Peek(2)
			if err == nil && isHex(two[0]) && isHex(two[1]) {
				p.Discard(2)
				b = unhex(two[0])<<4 | unhex(two[1])
			}
		}
		name = append(name, b)
	}
	p.read = name
	switch {
	case active[string(name)]:
		return aiqyn.E(aiqyn.Invalid, "error.attachment-active")
	case string(name) == "Encrypt" && !p.inner:
		return aiqyn.E(aiqyn.Invalid, "error.attachment-encrypted")
	}
	p.seen(string(name))
	if p.inner {
		return nil
	}
	if len(p.names) == maxNames {
		return malformed(errors.New("an object with too many names"))
	}
	p.names = append(p.names, string(name))
	return nil
}

// paren reads a string, in which parentheses pair up.
func (p *pdfReader) paren() error {
	from := p.at
	p.text = p.text[:0]
	for depth := 1; depth > 0; {
		b, err := p.byte()
		if err != nil {
			return err
		}
		switch b {
		case '\\':
			b, err = p.byte()
		case '(':
			depth++
		case ')':
			depth--
		}
		if err != nil {
			return err
		}
		if depth > 0 && len(p.text) < maxText {
			p.text = append(p.text, b)
		}
	}
	p.string(span{from, p.at - 1})
	return nil
}

// close reads the end of a dictionary.
func (p *pdfReader) close() {
	if next, err := p.Peek(1); err == nil && next[0] == '>' {
		p.Discard(1)
		p.object.depth = max(0, p.object.depth-1)
	}
	p.key, p.ints = "", 0
}

// word reads a keyword. Those that matter begin an object or a stream.
func (p *pdfReader) word(first byte) error {
	word := append(p.read[:0], first)
	for len(word) < maxToken {
		b, err := p.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if !isLetter(b) {
			if err := p.UnreadByte(); err != nil {
				return err
			}
			break
		}
		word = append(word, b)
	}
	p.read = word
	switch {
	case string(word) == "R":
		p.reference()
		return nil
	case p.inner:
	case string(word) == "obj":
		number := p.last[0]
		p.endObject()
		p.begin(number)
		p.names, p.held, p.first = p.names[:0], 0, 0
	case string(word) == "endobj", string(word) == "trailer":
		p.endObject()
	case string(word) == "stream":
		return p.unseen(p.stream)
	}
	p.key, p.ints = "", 0
	return nil
}

// stream reads over a stream. One that is packed is unpacked as far as the limit
// goes; one that holds objects is looked into as well.
func (p *pdfReader) stream() error {
	if err := p.lineEnd(); err != nil {
		return err
	}
	number, from, xmp := p.object.number, p.at, p.isXMP()
	p.begin(0)
	packed := 0
	// Some readers ask what a stream of objects holds, and not whether it says that it is one.
	objects := slices.Contains(p.names, "First") && slices.Contains(p.names, "N")
	for _, name := range p.names {
		switch name {
		case "FlateDecode", "Fl":
			packed++
		case "ObjStm":
			objects = true
		case "LZWDecode", "RunLengthDecode", "ASCII85Decode", "ASCIIHexDecode", "Crypt":
			if objects || packed > 0 {
				packed += 2
			}
		}
	}
	var err error
	switch {
	case packed > 1: // packed twice: a bomb's way to grow
		return aiqyn.E(aiqyn.Invalid, "error.attachment-bomb")
	case objects && (packed != 1 || p.hasOtherFilter() || p.isPredicted()): // what they hold could not be looked into
		return malformed(errors.New("objects in a stream that is not packed by Flate alone"))
	case packed == 1 && !p.hasOtherFilter():
		err = p.inflate(objects)
	}
	if err == nil {
		err = p.skipTo("endstream")
	}
	if err != nil {
		return err
	}
	if xmp {
		p.told.unsafe = p.told.unsafe || objects
		p.xmp(number, from, packed == 1)
	}
	p.names = p.names[:0]
	return nil
}

// hasOtherFilter reports whether a picture's own compression is named before the
// stream: then what is packed may be inside it, and is not unpacked.
func (p *pdfReader) hasOtherFilter() bool {
	for _, name := range p.names {
		switch name {
		case "DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode", "LZWDecode", "ASCII85Decode", "ASCIIHexDecode", "RunLengthDecode":
			return true
		}
	}
	return false
}

func (p *pdfReader) lineEnd() error {
	b, err := p.byte()
	if err == nil && b == '\r' {
		b, err = p.byte()
	}
	if err == nil && b != '\n' {
		err = p.UnreadByte()
	}
	return err
}

// inflate unpacks a stream and counts.
func (p *pdfReader) inflate(objects bool) error {
	from := p.at
	if err := p.unpack(); err != nil {
		return malformed(err)
	}
	defer p.unpacker.Close()
	if objects {
		return p.objects(p.unpacker, from)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(p.unpacker, maxInflated-p.inflated+1))
	if err != nil {
		return malformed(err)
	}
	return p.count(n)
}

// unpack begins to unpack what comes.
func (p *pdfReader) unpack() (err error) {
	if p.unpacker == nil {
		p.unpacker, err = zlib.NewReader(p.scanner)
		return err
	}
	return p.unpacker.(zlib.Resetter).Reset(p.scanner, nil)
}

func (p *pdfReader) count(n int64) error {
	if p.inflated += n; p.inflated > maxInflated {
		return aiqyn.E(aiqyn.Invalid, "error.attachment-bomb")
	}
	return nil
}

// skipTo reads over what comes to a word, and the word.
func (p *pdfReader) skipTo(word string) error {
	at := 0
	for at < len(word) {
		b, err := p.byte()
		if err != nil {
			return err
		}
		switch {
		case b == word[at]:
			at++
		case b == word[0]: // no word here begins twice with its own beginning
			at = 1
		default:
			at = 0
		}
	}
	return nil
}

func isSpace(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' || b == 0 }

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

func isHex(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
}

func unhex(b byte) byte {
	switch {
	case b <= '9':
		return b - '0'
	case b <= 'F':
		return b - 'A' + 10
	}
	return b - 'a' + 10
}
