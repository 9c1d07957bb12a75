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

// ArchiveFormat names the form of an archive.
const ArchiveFormat = "aiqyn.evidence/1"

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

// manifest lists what must be in an archive, no more and no less:
//
//	{"format":"aiqyn.evidence/1","case":"AQ-7K2M-9F3D","files":[{"name":"000000000017-6b86….json","entry":17,"event":"filed"}]}
type manifest struct {
	Format string         `json:"format"`
	Case   string         `json:"case"`
	Files  []manifestFile `json:"files"`
}

type manifestFile struct {
	Name  string `json:"name"`
	Entry int64  `json:"entry"`
	Event string `json:"event"`
}

// Archive puts the proofs of a case into one ZIP, with a manifest. The same
// proofs give the same bytes.
func Archive(ref aiqyn.Reference, pieces []Piece) ([]byte, error) {
	m := manifest{Format: ArchiveFormat, Case: string(ref)}
	for _, p := range pieces {
		m.Files = append(m.Files, manifestFile{p.Name(), p.Entry, p.Event})
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

// OpenArchive reads an archive and holds every file against its name and the
// manifest. Whether the proofs hold is for [ledger.Verifier].
func OpenArchive(data []byte) (aiqyn.Reference, []Piece, error) {
	if len(data) > MaxArchive {
		return "", nil, aiqyn.E(aiqyn.TooLarge, "error.archive-large", "limit", MaxArchive>>20)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) == 0 || len(z.File) > maxFiles || z.File[0].Name != manifestName {
		return "", nil, aiqyn.E(aiqyn.Invalid, "error.archive-form").Because(err)
	}
	m, err := readManifest(z.File[0])
	if err != nil {
		return "", nil, err
	}
	if len(m.Files) == 0 || len(m.Files) != len(z.File)-1 {
		return "", nil, aiqyn.E(aiqyn.Invalid, "error.archive-files")
	}
	pieces := make([]Piece, len(m.Files))
	for i, f := range m.Files {
		p := Piece{Entry: f.Entry, Event: f.Event}
		if p.Data, err = unpack(z.File[i+1]); err != nil {
			return "", nil, err
		}
		if z.File[i+1].Name != f.Name || p.Name() != f.Name {
			return "", nil, aiqyn.E(aiqyn.Invalid, "error.archive-file", "name", f.Name)
		}
		pieces[i] = p
	}
	return aiqyn.Reference(m.Case), pieces, nil
}

func readManifest(f *zip.File) (m manifest, err error) {
	list, err := unpack(f)
	if err != nil {
		return m, err
	}
	d := json.NewDecoder(bytes.NewReader(list))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil || m.Format != ArchiveFormat {
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
