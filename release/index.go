package release

import (
	"fmt"
	"strconv"
	"strings"

	"aiqyn"
)

// IndexFormat is the first line of an index.
const IndexFormat = "aiqyn.published/1"

// maxIndex bounds an index in bytes.
const maxIndex = 1 << 20

// Index lists what was published since the index before it. Each index names
// that one by the hash of its signed text, so that the newest vouches for all.
// Its text is signed by the log's key (c2sp.org/signed-note), and the hash of
// the signed text is an event of the log:
//
//	aiqyn.published/1
//	log.example/almaty
//	previous 9f86d0…
//	size 20852014
//	releases/60303a….json 81233 60303a…
type Index struct {
	Origin   string // of the log
	Previous string // hash, "" for the first
	Size     int64  // of the log when it was made
	Files    []File
}

// File is one published file: its path, its length in bytes, its SHA-256.
type File struct {
	Path string
	Size int64
	Hash string // hex
}

// Text is what is signed.
func (x *Index) Text() string {
	var b strings.Builder
	previous := x.Previous
	if previous == "" {
		previous = "none"
	}
	fmt.Fprintf(&b, "%s\n%s\nprevious %s\nsize %d\n", IndexFormat, x.Origin, previous, x.Size)
	for _, f := range x.Files {
		fmt.Fprintf(&b, "%s %d %s\n", f.Path, f.Size, f.Hash)
	}
	return b.String()
}

// ParseIndex reads the text of an index in its one form.
func ParseIndex(text string) (*Index, error) {
	if len(text) > maxIndex {
		return nil, aiqyn.E(aiqyn.TooLarge, "error.release-large", "limit", maxIndex>>20)
	}
	lines := strings.Split(text, "\n")
	if len(lines) < 5 || lines[0] != IndexFormat {
		return nil, malformed("index")
	}
	x := &Index{Origin: lines[1], Previous: strings.TrimPrefix(lines[2], "previous ")}
	if x.Previous == "none" {
		x.Previous = ""
	}
	x.Size, _ = strconv.ParseInt(strings.TrimPrefix(lines[3], "size "), 10, 64)
	for _, line := range lines[4 : len(lines)-1] {
		words := strings.Split(line, " ")
		if len(words) != 3 || !isHash(words[2]) || strings.Contains(words[0], "..") || strings.HasPrefix(words[0], "/") {
			return nil, malformed("index")
		}
		size, _ := strconv.ParseInt(words[1], 10, 64)
		x.Files = append(x.Files, File{words[0], size, words[2]})
	}
	if x.Text() != text || x.Previous != "" && !isHash(x.Previous) || x.Origin == "" || x.Size < 0 {
		return nil, malformed("index")
	}
	return x, nil
}

func isHash(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
