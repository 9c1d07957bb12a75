package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"aiqyn"
)

// Limits of an archive that is read.
const (
	MaxArchive = 64 << 20
	maxFiles   = 1000
	maxFile    = 8 << 20
)

// The forms of an archive: the first has proofs alone, the second documents as well.
const (
	ArchiveFormat      = "aiqyn.evidence/1"
	ArchiveWithReading = "aiqyn.evidence/2"
)

// manifestName is the first file of an archive.
const manifestName = "manifest.json"

// Piece is one proof of an archive: a receipt with the entry and the event that
// it is of.
type Piece struct {
	Entry int64
	Event string
	Data  []byte
}

// Name is what a piece is called: its entry and the SHA-256 of its bytes, so that
// whoever holds the name can tell whether the file is the same.
func (p Piece) Name() string {
	sum := sha256.Sum256(p.Data)
	return fmt.Sprintf("%012d-%s.json", p.Entry, hex.EncodeToString(sum[:]))
}

// Reading is what is read beside the proofs: a page in one language that the entry
// names by its SHA-256. Whether it is the one is for whoever opens the proof of the entry.
type Reading struct {
	Entry int64
	Lang  aiqyn.Lang
	Data  []byte
}

// Name is what a reading is called, as [Piece.Name].
func (d Reading) Name() string {
	return fmt.Sprintf("%012d-%s-%s.html", d.Entry, d.Lang, d.Hash())
}

// Hash is the SHA-256 of its bytes, in hex.
func (d Reading) Hash() string {
	sum := sha256.Sum256(d.Data)
	return hex.EncodeToString(sum[:])
}

// manifest lists what must be in an archive, no more and no less, proofs before documents:
//
//	{"format":"aiqyn.evidence/2","case":"AQ-7K2M-9F3D","files":[{"name":"000000000017-6b86….json","entry":17,"event":"filed"}],
//	 "documents":[{"name":"000000000031-kk-1f2e….html","entry":31,"lang":"kk"}]}
type manifest struct {
	Format    string             `json:"format"`
	Case      string             `json:"case"`
	Files     []manifestFile     `json:"files"`
	Documents []manifestDocument `json:"documents,omitempty"`
}

type manifestDocument struct {
	Name  string     `json:"name"`
	Entry int64      `json:"entry"`
	Lang  aiqyn.Lang `json:"lang"`
}

type manifestFile struct {
	Name  string `json:"name"`
	Entry int64  `json:"entry"`
	Event string `json:"event"`
}

// Archive puts the proofs of a case, and the documents that they name, into one ZIP, with
// a manifest. The same proofs give the same bytes.
func Archive(ref aiqyn.Reference, pieces []Piece, documents ...Reading) ([]byte, error) {
	m := manifest{Format: ArchiveFormat, Case: string(ref)}
	for _, p := range pieces {
		m.Files = append(m.Files, manifestFile{p.Name(), p.Entry, p.Event})
	}
	for _, d := range documents {
		m.Format = ArchiveWithReading
		m.Documents = append(m.Documents, manifestDocument{d.Name(), d.Entry, d.Lang})
	}
	list, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return nil, fmt.Errorf("write manifest: %w", err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	if err := put(z, manifestName, append(list, '\n')); err != nil {
		return nil, err
	}
	for _, p := range pieces {
		if err := put(z, p.Name(), p.Data); err != nil {
			return nil, err
		}
	}
	for _, d := range documents {
		if err := put(z, d.Name(), d.Data); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("close archive: %w", err)
	}
	return out.Bytes(), nil
}

// long before any case: archives do not tell when they were made.
var noTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func put(z *zip.Writer, name string, data []byte) error {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: noTime})
	if err == nil {
		_, err = w.Write(data)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// IsArchive reports whether a file says that it is a ZIP.
func IsArchive(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// Opened is what an archive holds.
type Opened struct {
	Case      aiqyn.Reference
	Pieces    []Piece
	Documents []Reading
}

// OpenArchive reads an archive and holds every file against its name and the
// manifest. Whether the proofs hold is for [ledger.Verifier].
func OpenArchive(data []byte) (Opened, error) {
	if len(data) > MaxArchive {
		return Opened{}, aiqyn.E(aiqyn.TooLarge, "error.archive-large", "limit", MaxArchive>>20)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) == 0 || len(z.File) > maxFiles || z.File[0].Name != manifestName {
		return Opened{}, aiqyn.E(aiqyn.Invalid, "error.archive-form").Because(err)
	}
	m, err := readManifest(z.File[0])
	if err != nil {
		return Opened{}, err
	}
	if len(m.Files) == 0 || len(m.Files)+len(m.Documents) != len(z.File)-1 {
		return Opened{}, aiqyn.E(aiqyn.Invalid, "error.archive-files")
	}
	out := Opened{Case: aiqyn.Reference(m.Case), Pieces: make([]Piece, len(m.Files))}
	for i, f := range m.Files {
		p := Piece{Entry: f.Entry, Event: f.Event}
		if p.Data, err = unpack(z.File[i+1]); err != nil {
			return Opened{}, err
		}
		if z.File[i+1].Name != f.Name || p.Name() != f.Name {
			return Opened{}, aiqyn.E(aiqyn.Invalid, "error.archive-file", "name", f.Name)
		}
		out.Pieces[i] = p
	}
	for i, f := range m.Documents {
		d, file := Reading{Entry: f.Entry, Lang: f.Lang}, z.File[1+len(m.Files)+i]
		if d.Data, err = unpack(file); err != nil {
			return Opened{}, err
		}
		if file.Name != f.Name || d.Name() != f.Name {
			return Opened{}, aiqyn.E(aiqyn.Invalid, "error.archive-file", "name", f.Name)
		}
		out.Documents = append(out.Documents, d)
	}
	return out, nil
}

func readManifest(f *zip.File) (m manifest, err error) {
	list, err := unpack(f)
	if err != nil {
		return m, err
	}
	d := json.NewDecoder(bytes.NewReader(list))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil || m.Format != ArchiveFormat && m.Format != ArchiveWithReading || (len(m.Documents) > 0) != (m.Format == ArchiveWithReading) {
		return m, aiqyn.E(aiqyn.Invalid, "error.archive-form").Because(err)
	}
	return m, nil
}

// unpack reads one file, however large its head says that it is.
func unpack(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.archive-form").Because(err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil || len(data) > maxFile {
		return nil, aiqyn.E(aiqyn.Invalid, "error.archive-file", "name", f.Name).Because(err)
	}
	return data, nil
}
