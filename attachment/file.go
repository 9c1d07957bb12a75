package attachment

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	magic      = "AIQYNF1\n"
	headerSize = 8 + 8 + 16
	chunkSize  = 64 << 10
	overhead   = 12 + 16 // nonce and tag
	maxNotes   = 64 << 10
)

// Marks bind a sealed part to what it is.
const (
	markMiddle byte = iota // a chunk that others follow
	markLast               // the last chunk
	markTail               // the end of what has arrived of an upload
	markNotes              // what was found out
)

// header begins a file. It is bound to every part of it.
type header [headerSize]byte

func newHeader(no int64) header {
	var h header
	copy(h[:], magic)
	binary.BigEndian.PutUint64(h[8:], uint64(no))
	rand.Read(h[16:])
	return h
}

// gcm is the cipher of one file.
func (h *header) gcm(c Case) (cipher.AEAD, error) {
	if string(h[:8]) != magic || binary.BigEndian.Uint64(h[8:]) != uint64(c.No) {
		return nil, damaged(errors.New("its header is of another file"))
	}
	return gcm(c.derive("aiqyn/attachment/file", h[16:])), nil
}

func gcm(key [32]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // 32 bytes are always a key
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}

// place is what a sealed part is bound to.
func (h *header) place(index int64, mark byte) []byte {
	b := make([]byte, headerSize+9)
	copy(b, h[:])
	binary.BigEndian.PutUint64(b[headerSize:], uint64(index))
	b[headerSize+8] = mark
	return b
}

// sealer writes chunks. It holds the newest back until more comes, for only
// then is it known not to be the last.
type sealer struct {
	to    io.Writer
	head  header
	aead  cipher.AEAD
	index int64
	held  []byte
	out   []byte
}

func newSealer(to io.Writer, head header, aead cipher.AEAD) *sealer {
	return &sealer{to: to, head: head, aead: aead, held: make([]byte, 0, chunkSize), out: make([]byte, 0, chunkSize+overhead)}
}

func (s *sealer) Write(p []byte) (int, error) {
	n := 0
	for len(p) > 0 {
		if len(s.held) == chunkSize {
			if err := s.chunk(markMiddle); err != nil {
				return n, err
			}
		}
		m := min(len(p), chunkSize-len(s.held))
		s.held = append(s.held, p[:m]...)
		p, n = p[m:], n+m
	}
	return n, nil
}

func (s *sealer) chunk(mark byte) error {
	s.out = s.aead.Seal(s.out[:0], nil, s.held, s.head.place(s.index, mark))
	if _, err := s.to.Write(s.out); err != nil {
		return err
	}
	s.held = s.held[:0]
	s.index++
	return nil
}

// last writes what was held back as the last chunk.
func (s *sealer) last() error { return s.chunk(markLast) }

// size is how much the sealer was given, chunks of earlier uploads with it.
func (s *sealer) size() int64 { return s.index*chunkSize + int64(len(s.held)) }

// notes are what is kept with a file.
type notes struct {
	Hash string          `json:"hash"`
	Size int64           `json:"size"`
	More json.RawMessage `json:"more,omitempty"` // of whoever checked it
}

// sealNotes is the end of a file.
func sealNotes(head *header, aead cipher.AEAD, n notes) ([]byte, error) {
	plain, err := json.Marshal(n)
	if err != nil {
		return nil, err
	}
	if len(plain) > maxNotes {
		return nil, fmt.Errorf("notes have %d bytes", len(plain))
	}
	out := aead.Seal(nil, nil, plain, head.place(0, markNotes))
	return binary.BigEndian.AppendUint32(out, uint32(len(out))), nil
}

// File is a file of a case, open for reading. Every chunk is authenticated
// before a byte of it is given out.
type File struct {
	f     *os.File
	head  header
	aead  cipher.AEAD
	notes notes
	end   int64 // of the chunks, in the file
	size  int64
	at    int64 // of the reader, in the plain text

	sealed, plain []byte
	have          int64 // chunk in plain; −1: none
}

// openFile opens a whole file: one with notes.
func openFile(c Case, f *os.File) (*File, error) {
	file, err := openChunks(c, f)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < headerSize+4 {
		return nil, damaged(errors.New("it is cut off"))
	}
	var length [4]byte
	if _, err := f.ReadAt(length[:], info.Size()-4); err != nil {
		return nil, damaged(err)
	}
	n := int64(binary.BigEndian.Uint32(length[:]))
	file.end = info.Size() - 4 - n
	if n < overhead || n > maxNotes+overhead || file.end < headerSize {
		return nil, damaged(fmt.Errorf("its notes have %d bytes", n))
	}
	sealed := make([]byte, n)
	if _, err := f.ReadAt(sealed, file.end); err != nil {
		return nil, damaged(err)
	}
	plain, err := file.aead.Open(nil, nil, sealed, file.head.place(0, markNotes))
	if err != nil {
		return nil, damaged(err)
	}
	if err := json.NewDecoder(bytes.NewReader(plain)).Decode(&file.notes); err != nil {
		return nil, damaged(err)
	}
	file.size = plainSize(file.end)
	if file.size != file.notes.Size {
		return nil, damaged(fmt.Errorf("it has %d bytes of %d", file.size, file.notes.Size))
	}
	return file, nil
}

// openChunks reads the header, and takes the whole file for chunks.
func openChunks(c Case, f *os.File) (*File, error) {
	file := &File{f: f, have: -1}
	if _, err := f.ReadAt(file.head[:], 0); err != nil {
		return nil, damaged(err)
	}
	var err error
	if file.aead, err = file.head.gcm(c); err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file.end = info.Size()
	file.size = plainSize(file.end)
	return file, nil
}

// plainSize is how many bytes of a file stand in chunks that end there.
func plainSize(end int64) int64 {
	sealed := end - headerSize
	full, rest := sealed/(chunkSize+overhead), sealed%(chunkSize+overhead)
	return full*chunkSize + max(0, rest-overhead)
}

// sealedSize is where the chunks of a file of so many bytes end.
func sealedSize(plain int64) int64 {
	return headerSize + plain + (plain+chunkSize-1)/chunkSize*overhead
}

// Size is how many bytes the file has.
func (f *File) Size() int64 { return f.size }

// Hash is the hash of its content, "sha256:…".
func (f *File) Hash() string { return f.notes.Hash }

// Notes decodes what the check of the file has found out.
func (f *File) Notes(into any) error {
	if err := json.Unmarshal(f.notes.More, into); err != nil {
		return damaged(err)
	}
	return nil
}

// Read reads on.
func (f *File) Read(p []byte) (int, error) {
	if f.at >= f.size {
		return 0, io.EOF
	}
	if err := f.load(f.at / chunkSize); err != nil {
		return 0, err
	}
	n := copy(p, f.plain[f.at%chunkSize:])
	f.at += int64(n)
	return n, nil
}

// Seek goes elsewhere in the file.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return f.at, errors.New("attachment: seek before the beginning")
	}
	f.at = offset
	return offset, nil
}

// load opens one chunk.
func (f *File) load(index int64) error {
	if f.have == index {
		return nil
	}
	f.have = -1
	if f.sealed == nil {
		f.sealed, f.plain = make([]byte, chunkSize+overhead), make([]byte, 0, chunkSize)
	}
	from := headerSize + index*(chunkSize+overhead)
	sealed := f.sealed[:min(int64(chunkSize+overhead), f.end-from)]
	if _, err := f.f.ReadAt(sealed, from); err != nil {
		return damaged(err)
	}
	mark := markMiddle
	if (index+1)*chunkSize >= f.size {
		mark = markLast
	}
	plain, err := f.aead.Open(f.plain[:0], nil, sealed, f.head.place(index, mark))
	if err != nil {
		return damaged(fmt.Errorf("chunk %d: %w", index, err))
	}
	f.plain, f.have = plain, index
	return nil
}

// Close closes the file.
func (f *File) Close() error { return f.f.Close() }
