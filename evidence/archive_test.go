package evidence

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"aiqyn"
)

var pieces = []Piece{{17, "filed", []byte(`{"a":1}`)}, {18, "looked-up", []byte(`{"b":2}`)}, {20, "granted", []byte(strings.Repeat("x", 5000))}}

var documents = []Reading{{20, aiqyn.Kazakh, []byte("<p>неге</p>")}, {20, aiqyn.English, []byte("<p>why</p>")}}

func archived(t testing.TB) []byte {
	t.Helper()
	data, err := Archive("AQ-7K2M-9F3D", pieces, documents...)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestArchiveComesOutAgain(t *testing.T) {
	data := archived(t)
	if !bytes.Equal(data, archived(t)) {
		t.Error("the same proofs gave other bytes")
	}
	got, err := OpenArchive(data)
	if err != nil || got.Case != "AQ-7K2M-9F3D" || !slices.EqualFunc(got.Pieces, pieces, func(a, b Piece) bool {
		return a.Entry == b.Entry && a.Event == b.Event && bytes.Equal(a.Data, b.Data)
	}) || !slices.EqualFunc(got.Documents, documents, func(a, b Reading) bool {
		return a.Entry == b.Entry && a.Lang == b.Lang && bytes.Equal(a.Data, b.Data)
	}) {
		t.Errorf("%v, %v", got, err)
	}
	// An archive of before has no documents, and is of the first form.
	old, err := Archive("AQ-7K2M-9F3D", pieces)
	if err != nil || !bytes.Contains(unpacked(t, old, manifestName), []byte(ArchiveFormat)) {
		t.Errorf("without documents: %v", err)
	}
	if got, err := OpenArchive(old); err != nil || len(got.Pieces) != 3 || got.Documents != nil {
		t.Errorf("without documents: %v, %v", got, err)
	}
}

// unpacked is one file of an archive.
func unpacked(t *testing.T, data []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// rewritten changes the files of an archive one by one; nil leaves one out.
func rewritten(t *testing.T, change func(name string, data []byte) (string, []byte)) []byte {
	t.Helper()
	data := archived(t)
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if name, body := change(f.Name, body); body != nil {
			if err := put(z, name, body); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Who changes, drops, adds or renames a proof, or the manifest with it, is found
// before any proof is looked at; a line of it that says something else than its
// proof is for whoever verifies that.
func TestChangedArchiveIsFound(t *testing.T) {
	same := func(name string, data []byte) (string, []byte) { return name, data }
	if _, err := OpenArchive(rewritten(t, same)); err != nil {
		t.Fatalf("packed again: %v", err)
	}
	first, read := pieces[0].Name(), documents[0].Name()
	for what, change := range map[string]func(string, []byte) (string, []byte){
		"a changed proof": func(name string, data []byte) (string, []byte) {
			if name == first {
				data = []byte(`{"a":2}`)
			}
			return name, data
		},
		"a dropped proof": func(name string, data []byte) (string, []byte) {
			if name == first {
				data = nil
			}
			return name, data
		},
		"a renamed proof": func(name string, data []byte) (string, []byte) {
			return strings.Replace(name, "000000000017", "000000000016", 1), data
		},
		"a changed document": func(name string, data []byte) (string, []byte) {
			if name == read {
				data = []byte("<p>басқа</p>")
			}
			return name, data
		},
		"a dropped document": func(name string, data []byte) (string, []byte) {
			if name == read {
				data = nil
			}
			return name, data
		},
		"a document of another entry": func(name string, data []byte) (string, []byte) {
			return strings.Replace(name, "000000000020-kk", "000000000018-kk", 1), data
		},
		"a manifest cut short": func(name string, data []byte) (string, []byte) {
			if name == manifestName {
				data = data[:len(data)/2]
			}
			return name, data
		},
		"a word more in the manifest": func(name string, data []byte) (string, []byte) {
			if name == manifestName {
				data = bytes.Replace(data, []byte(`"case"`), []byte(`"more":1,"case"`), 1)
			}
			return name, data
		},
		"documents in the first form": func(name string, data []byte) (string, []byte) {
			return name, bytes.Replace(data, []byte("evidence/2"), []byte("evidence/1"), 1)
		},
		"another format": func(name string, data []byte) (string, []byte) {
			return name, bytes.Replace(data, []byte("evidence/2"), []byte("evidence/3"), 1)
		},
	} {
		if got, err := OpenArchive(rewritten(t, change)); aiqyn.KindOf(err) != aiqyn.Invalid || got.Pieces != nil {
			t.Errorf("%s: %d proofs, %v", what, len(got.Pieces), err)
		}
	}
}

// An archive of nothing proves nothing.
func TestEmptyArchiveIsRefused(t *testing.T) {
	empty, err := Archive("AQ-7K2M-9F3D", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenArchive(empty); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("%v", err)
	}
}

// A file that unpacks to more than a proof can be is refused.
func TestArchiveBomb(t *testing.T) {
	bomb, err := Archive("AQ-7K2M-9F3D", []Piece{{1, "filed", make([]byte, maxFile+1)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenArchive(bomb); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("a bomb: %v", err)
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(archived(f))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := OpenArchive(data)
		if err == nil {
			for _, p := range got.Pieces {
				if !bytes.Contains(data, []byte(p.Name())) {
					t.Errorf("a piece %s that is not in it", p.Name())
				}
			}
		}
	})
}
