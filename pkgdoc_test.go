package aiqyn_test

import (
	"path"
	"strings"
	"testing"
)

// leastDoc is how long a sentence must be to say what a package is.
const leastDoc = 40

// TestPackagesSayWhatTheyAre: every package has one doc comment that begins as
// Go's do and says what lives there.
func TestPackagesSayWhatTheyAre(t *testing.T) {
	docs := map[string][]string{}
	for _, s := range sources(t) {
		if s.isTest() {
			continue
		}
		if docs[s.room()] == nil {
			docs[s.room()] = []string{}
		}
		if s.file.Doc != nil {
			docs[s.room()] = append(docs[s.room()], s.file.Doc.Text())
			name := s.file.Name.Name
			want := "Package " + name + " "
			if name == "main" {
				want = "Command " + path.Base(s.room()) + " "
			}
			if text := s.file.Doc.Text(); !strings.HasPrefix(text, want) || len(text) < len(want)+leastDoc {
				t.Errorf("%s: the comment should begin with %q and say what lives there: %q", s.name, want, text)
			}
		}
	}
	for room, list := range docs {
		if len(list) != 1 {
			t.Errorf("%s has %d package comments, want one", room, len(list))
		}
	}
}
