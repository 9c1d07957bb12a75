// Package media looks into files that people send before anything else does: is
// it a picture or a document of a kind that was asked for, whole, nothing but
// that, and within its limits. It reads what a camera wrote about place and time,
// leaves that out of what others are shown, and makes a fingerprint by which the
// same photograph is found again.
//
// A file is one thing only. It begins with its own first byte and ends with its
// own last one: a picture behind which something else stands, or which is an
// archive as well, is refused. Nothing is unpacked beyond a limit, and no picture
// is decoded whose header says that it is too large.
package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"aiqyn"
	"aiqyn/evidence"
)

// Type is a kind of file, by its content and never by its name.
type Type string

// Types that may be asked for.
const (
	JPEG Type = "jpeg"
	PNG  Type = "png"
	PDF  Type = "pdf"
)

// Types lists them.
var Types = []Type{JPEG, PNG, PDF}

// MIME is the media type that a file is sent under.
func (t Type) MIME() string {
	switch t {
	case JPEG:
		return "image/jpeg"
	case PNG:
		return "image/png"
	}
	return "application/pdf"
}

// Limits are what a step takes.
type Limits struct {
	Bytes  int64  `json:"bytes"`
	Pixels int64  `json:"pixels"` // of a picture; 0: [MaxPixels]
	Types  []Type `json:"types"`
}

const (
	// MaxPixels is the largest picture that is ever decoded.
	MaxPixels = 50_000_000
	// maxDecoded is how much memory a decoded picture may take.
	maxDecoded = 200 << 20
)

// Info is what was found out about a file.
type Info struct {
	Type   Type   `json:"type"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	Camera Camera `json:"camera,omitzero"`
	// Likeness is the fingerprint of what a picture shows; 0 of a plain surface.
	Likeness uint64 `json:"likeness,omitempty,string"`

	decoded int64 // bytes that the picture takes once it is decoded
}

// Camera is what a camera wrote into a picture, or a program into a document:
// claims, that nothing proves.
type Camera struct {
	Taken  string          `json:"taken,omitempty"`  // local time of the device, "2006-01-02T15:04:05", with its zone if it wrote one
	Place  *evidence.Point `json:"place,omitempty"`  // by its own receiver
	Model  string          `json:"model,omitempty"`  // maker and model, or the program
	Upward int             `json:"upward,omitempty"` // orientation of Exif, 2 to 8; 0: as it lies
}

// Inspect reads a file from its first byte to its last. An error of kind Invalid
// or TooLarge says in words what is wrong with it; another is of the reading.
func Inspect(r io.Reader, size int64, limits Limits) (Info, error) {
	if size > limits.Bytes {
		return Info{}, aiqyn.E(aiqyn.TooLarge, "error.attachment-too-large", "limit", limits.Bytes>>20)
	}
	var end tail
	from := source{r: r}
	in := newScanner(io.TeeReader(&from, &end))
	info, err := inspect(in, limits)
	if from.err != nil {
		return Info{}, from.err // no fault of the file
	}
	if err != nil {
		return Info{}, err
	}
	if _, err := io.Copy(io.Discard, in); err != nil { // what follows the end of a document: space
		return Info{}, err
	}
	if end.isArchive() {
		return Info{}, aiqyn.E(aiqyn.Invalid, "error.attachment-polyglot")
	}
	return info, nil
}

func inspect(in *scanner, limits Limits) (Info, error) {
	first, err := in.Peek(16)
	if err != nil && !errors.Is(err, io.EOF) {
		return Info{}, err
	}
	t, err := typeOf(first)
	if err != nil {
		return Info{}, err
	}
	if !slices.Contains(limits.Types, t) {
		return Info{}, wrongType(limits)
	}
	info := Info{Type: t}
	switch t {
	case JPEG:
		err = readJPEG(in, &info, limits)
	case PNG:
		err = readPNG(in, &info, limits)
	case PDF:
		info.Camera, err = inspectPDF(in)
	}
	return info, err
}

// typeOf tells a file by its first bytes.
func typeOf(first []byte) (Type, error) {
	switch {
	case bytes.HasPrefix(first, []byte{0xFF, 0xD8, 0xFF}):
		return JPEG, nil
	case bytes.HasPrefix(first, []byte(pngMagic)):
		return PNG, nil
	case bytes.HasPrefix(first, []byte("%PDF-1.")), bytes.HasPrefix(first, []byte("%PDF-2.")):
		return PDF, nil
	case len(first) >= 12 && string(first[4:8]) == "ftyp" && isHEIF(string(first[8:12])):
		return "", aiqyn.E(aiqyn.Invalid, "error.attachment-heic")
	}
	return "", aiqyn.E(aiqyn.Invalid, "error.attachment-unknown")
}

// isHEIF reports whether a brand is that of the pictures that some telephones
// make unless told otherwise. No browser of a state body shows them.
func isHEIF(brand string) bool {
	return slices.Contains([]string{"heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis"}, brand)
}

// Take holds a file that was looked into before against other limits.
func (l Limits) Take(info Info, size int64) error {
	switch {
	case !slices.Contains(l.Types, info.Type):
		return wrongType(l)
	case size > l.Bytes:
		return aiqyn.E(aiqyn.TooLarge, "error.attachment-too-large", "limit", l.Bytes>>20)
	case l.Pixels > 0 && int64(info.Width)*int64(info.Height) > l.Pixels:
		return aiqyn.E(aiqyn.TooLarge, "error.attachment-pixels", "width", info.Width, "height", info.Height, "limit", l.Pixels/1_000_000)
	}
	return nil
}

// wrongType says which types are taken.
func wrongType(limits Limits) error {
	if slices.Contains(limits.Types, PDF) {
		if len(limits.Types) == 1 {
			return aiqyn.E(aiqyn.Invalid, "error.attachment-want-pdf")
		}
		return aiqyn.E(aiqyn.Invalid, "error.attachment-unknown")
	}
	return aiqyn.E(aiqyn.Invalid, "error.attachment-want-picture")
}

// measure holds the size of a picture against the limits before it is decoded.
// Perpixel is how many bytes a decoded pixel takes, in quarters.
func (i *Info) measure(width, height int, quarters int64, limits Limits) error {
	i.Width, i.Height = width, height
	pixels := int64(width) * int64(height)
	most := limits.Pixels
	if most == 0 || most > MaxPixels {
		most = MaxPixels
	}
	i.decoded = pixels * quarters / 4
	switch {
	case pixels == 0:
		return malformed(errors.New("no pixels"))
	case pixels > most, i.decoded > maxDecoded:
		return aiqyn.E(aiqyn.TooLarge, "error.attachment-pixels", "width", width, "height", height, "limit", most/1_000_000)
	}
	return nil
}

// malformed says that a file is not what it says it is.
func malformed(cause error) error {
	return aiqyn.E(aiqyn.Invalid, "error.attachment-malformed").Because(cause)
}

// more says that something stands behind the end of a file.
func more() error { return aiqyn.E(aiqyn.Invalid, "error.attachment-more") }

// scanner reads a file from front to back.
type scanner struct {
	*bufio.Reader
	buf      [8]byte
	at       int64 // bytes that were read
	watching bool  // they are seen by the watch
	watch    watch
}

func (s *scanner) ReadByte() (byte, error) {
	b, err := s.Reader.ReadByte()
	if err == nil {
		s.at++
		if s.watching {
			s.watch.see(b)
		}
	}
	return b, err
}

func (s *scanner) UnreadByte() error {
	err := s.Reader.UnreadByte()
	if err == nil {
		s.at--
	}
	return err
}

func (s *scanner) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	s.at += int64(n)
	if s.watching {
		for _, b := range p[:n] {
			s.watch.see(b)
		}
	}
	return n, err
}

func (s *scanner) Discard(n int) (int, error) {
	n, err := s.Reader.Discard(n)
	s.at += int64(n)
	return n, err
}

func newScanner(r io.Reader) *scanner { return &scanner{Reader: bufio.NewReaderSize(r, 32<<10)} }

// need is n bytes, of which there must be that many.
func (s *scanner) need(n int) ([]byte, error) {
	b := s.buf[:n]
	if _, err := io.ReadFull(s, b); err != nil {
		return nil, ended(err)
	}
	return b, nil
}

func (s *scanner) uint16() (int, error) {
	b, err := s.need(2)
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint16(b)), nil
}

func (s *scanner) byte() (byte, error) {
	b, err := s.ReadByte()
	if err != nil {
		return 0, ended(err)
	}
	return b, nil
}

// atEnd refuses whatever follows the end of a picture.
func (s *scanner) atEnd() error {
	_, err := s.ReadByte()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	return more()
}

// ended makes of an early end a fault of the file, and of nothing else.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return malformed(io.ErrUnexpectedEOF)
	}
	return err
}

// source remembers how a reading failed.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// tail remembers the last bytes that were read: where an archive has its end.
type tail struct {
	ring [archiveEnd + 1<<16]byte
	n    int64
}

// archiveEnd is how long the end of a ZIP archive is, without its comment.
const archiveEnd = 22

func (t *tail) Write(p []byte) (int, error) {
	written := len(p)
	if len(p) > len(t.ring) {
		t.n += int64(len(p) - len(t.ring))
		p = p[len(p)-len(t.ring):]
	}
	for len(p) > 0 {
		n := copy(t.ring[t.n%int64(len(t.ring)):], p)
		t.n += int64(n)
		p = p[n:]
	}
	return written, nil
}

// isArchive reports whether the file would open as a ZIP archive too: an end of one, of
// one part, whose comment is within the file. Most programs, Go's own among them, do not
// mind what comes behind it.
func (t *tail) isArchive() bool {
	kept := min(t.n, int64(len(t.ring)))
	last := make([]byte, kept)
	for i := range last {
		last[i] = t.ring[(t.n-kept+int64(i))%int64(len(t.ring))]
	}
	for {
		at := bytes.Index(last, []byte("PK\x05\x06"))
		if at < 0 {
			return false
		}
		last = last[at:]
		if len(last) >= archiveEnd && int(binary.LittleEndian.Uint16(last[20:])) <= len(last)-archiveEnd {
			if parts := string(last[4:8]); parts == "\x00\x00\x00\x00" || parts == "\xff\xff\xff\xff" { // or as a larger form of it says
				return true
			}
		}
		last = last[4:]
	}
}
