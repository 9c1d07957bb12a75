package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/ledger"
)

// publishedLog is a copy of a log's public files, as C2SP's tlog-tiles lays
// them out, whose tiles make the root that its checkpoint signs.
type publishedLog struct {
	dir        string
	checkpoint ledger.Checkpoint
	size       int64
}

// openPublishedLog reads the checkpoint of a copy and holds its tiles against it.
func openPublishedLog(dir string, key note.Verifier) (*publishedLog, error) {
	data, err := readSmall(filepath.Join(dir, "checkpoint"))
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.command-file", "file", filepath.Join(dir, "checkpoint")).Because(err)
	}
	signed, err := ledger.OpenCheckpoint(data, key)
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.published-log", "dir", dir).Because(err)
	}
	l := &publishedLog{dir: dir, checkpoint: signed.Checkpoint, size: signed.Size}
	root, err := l.rootAt(signed.Size)
	if err == nil && root != signed.Root {
		err = fmt.Errorf("its tiles have another root than its checkpoint signs")
	}
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.published-log", "dir", dir).Because(err)
	}
	return l, nil
}

// rootAt is the root of the log when it had so many entries.
func (l *publishedLog) rootAt(size int64) (ledger.Hash, error) {
	tree, err := ledger.NewTree(size, l)
	if err != nil {
		return ledger.Hash{}, err
	}
	return tree.Root(), nil
}

// ReadTile implements [ledger.TileReader].
func (l *publishedLog) ReadTile(level int, index int64, _ int) ([]byte, error) {
	width := min(ledger.TileWidth, l.size>>(8*max(level, 0))-index*ledger.TileWidth)
	return readSmall(filepath.Join(l.dir, filepath.FromSlash(ledger.TilePath(level, index, int(width)))))
}

// maxSmall bounds a tile, a bundle and a checkpoint.
const maxSmall = 128 << 10

// readSmall reads a file that is never large.
func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(f, maxSmall+1)); err != nil {
		return nil, err
	}
	if b.Len() > maxSmall {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, maxSmall)
	}
	return b.Bytes(), nil
}

// histories are the states of logs that receipts were given under. Two of one
// size and another root were signed for two audiences.
type histories struct {
	log  *publishedLog // optional: what everybody is shown
	seen map[statedSize]firstSeen
}

type statedSize struct {
	origin string
	size   int64
}

type firstSeen struct {
	root ledger.Hash
	file string
}

// add says what is wrong with the state that a receipt was given under: it is
// not the state of this size that another receipt shows, or not one that the
// published log has gone through.
func (h *histories) add(file string, v ledger.Verdict) error {
	if h.seen == nil {
		h.seen = make(map[statedSize]firstSeen)
	}
	at := statedSize{v.Origin, v.Size}
	was, ok := h.seen[at]
	if ok {
		if was.root != v.Root {
			return aiqyn.E(aiqyn.Conflict, "error.two-histories", "size", v.Size, "other", was.file)
		}
		return nil
	}
	h.seen[at] = firstSeen{v.Root, file}
	if h.log == nil || v.Origin != h.log.checkpoint.Origin {
		return nil
	}
	if v.Size > h.log.size {
		return aiqyn.E(aiqyn.Conflict, "error.log-too-short", "size", v.Size, "has", h.log.size)
	}
	root, err := h.log.rootAt(v.Size)
	if err != nil {
		return aiqyn.E(aiqyn.Invalid, "error.published-log", "dir", h.log.dir).Because(err)
	}
	if root != v.Root {
		return aiqyn.E(aiqyn.Conflict, "error.two-histories", "size", v.Size, "other", h.log.dir)
	}
	return nil
}
