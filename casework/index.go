package casework

import (
	"context"
	"maps"
	"path"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/release"
	"aiqyn/store"
)

// folder is where snapshots of a kind are published, each under its hash.
type folder struct{ kind, name, ext string }

var folders = []folder{
	{"pack", "packs", ".json"}, {networkKind, "networks", ".json"}, {"costs", "costs", ".json"}, {"places", "places", ".json"},
	{"streets", "streets", ".json"}, {"upgrades", "upgrades", ".json"},
	{capacityKind, "capacity", ".json"}, {differenceKind, "differences", ".json"}, {changeKind, "tables", ".json"}, {peaksKind, "measurements", ".json"}, {peaksFileKind, "measured", ".csv"},
	{correctionsKind, "corrections", ".json"}, {correctionsFileKind, "corrected", ".csv"}, {releaseKind, "releases", ".json"}, {verifierKind, "verifiers", ".wasm"},
	{indexKind, "indexes", ".txt"},
}

func (f folder) path(hash string) string { return f.name + "/" + hash + f.ext }

// hashOf is the hash that a path of this folder names.
func (f folder) hashOf(name string) (string, bool) {
	dir, file := path.Split(name)
	hash, ok := strings.CutSuffix(file, f.ext)
	return hash, ok && dir == f.name+"/"
}

// publishIndex is an index on its way into the log.
type publishIndex struct {
	apart
	d    indexed
	data []byte // signed
}

// Index signs and logs the list of what was published since the last one. It
// reports whether there was anything.
func (e *Engine) Index(ctx context.Context) (bool, error) {
	e.announced.mu.Lock()
	err := e.announced.read(ctx, e)
	previous, listed := e.announced.index.Hash, maps.Clone(e.announced.listed)
	e.announced.mu.Unlock()
	if err != nil {
		return false, err
	}
	files, err := e.unlisted(ctx, listed)
	if err != nil || len(files) == 0 {
		return false, err
	}
	head, err := e.Store.Head(ctx)
	if err != nil {
		return false, err
	}
	x := release.Index{Origin: e.Origin, Previous: previous, Size: head.Size, Files: files}
	c := &publishIndex{apart: apart{actor: aiqyn.System}}
	if c.data, err = note.Sign(&note.Note{Text: x.Text()}, e.Signer); err != nil {
		return false, err
	}
	c.d = indexed{Hash: hexSum(c.data), Previous: previous, Files: len(files)}
	c.cid = aiqyn.CommandID("index/" + c.d.Hash)
	done, err := e.send(ctx, c)
	return err == nil && !done.Again, err
}

// unlisted are the public files that no index lists yet.
func (e *Engine) unlisted(ctx context.Context, listed map[string]bool) ([]release.File, error) {
	var files []release.File
	for _, f := range folders {
		if f.kind == indexKind {
			continue // they list each other
		}
		list, err := e.Store.Snapshots(ctx, f.kind)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			if listed[f.path(s.Hash)] {
				continue
			}
			data, err := e.Store.SnapshotOf(ctx, f.kind, s.Hash)
			if err != nil {
				return nil, err
			}
			files = append(files, release.File{Path: f.path(s.Hash), Size: int64(len(data)), Hash: hexSum(data)})
		}
	}
	return files, nil
}

func (c *publishIndex) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	if t.s.indexed != c.d.Previous {
		return aiqyn.E(aiqyn.Conflict, "error.release-order")
	}
	was := t.s.indexed
	t.undo = append(t.undo, func() { t.s.indexed = was })
	t.s.indexed = c.d.Hash
	t.emitSystem(EventIndexed, c.actor, &c.d)
	t.snapshots = append(t.snapshots, store.Snapshot{Hash: c.d.Hash, Kind: indexKind, Data: c.data, Added: t.now})
	c.finish(t)
	return nil
}

// PublishedIndex is the newest index; its Hash is empty before the first.
func (e *Engine) PublishedIndex(ctx context.Context) (PublishedIndex, error) {
	e.announced.mu.Lock()
	defer e.announced.mu.Unlock()
	err := e.announced.read(ctx, e)
	return e.announced.index, err
}

// Published returns one public file by its path: "index" is the newest index,
// "receipts/17.json" what proves that the log announced it, all others stand
// under their hash. NotFound if there is none.
func (e *Engine) Published(ctx context.Context, name string) ([]byte, error) {
	dir, file := path.Split(name)
	switch {
	case name == "index":
		x, err := e.PublishedIndex(ctx)
		if err != nil {
			return nil, err
		}
		return e.publishedOf(ctx, indexKind, x.Hash)
	case dir == "receipts/":
		return e.publicReceipt(ctx, strings.TrimSuffix(file, ".json"))
	}
	for _, f := range folders {
		if hash, ok := f.hashOf(name); ok {
			return e.handOut(ctx, f.kind, hash)
		}
	}
	return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

func (e *Engine) publishedOf(ctx context.Context, kind, hash string) ([]byte, error) {
	data, err := e.Store.SnapshotOf(ctx, kind, hash)
	if err == nil && data == nil {
		err = aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return data, err
}

// handOut is publishedOf for whoever asks: what is classified is not there for them.
func (e *Engine) handOut(ctx context.Context, kind, hash string) ([]byte, error) {
	policy, err := e.policy(ctx)
	if err != nil {
		return nil, err
	}
	if !policy.Open() {
		added, err := e.Store.SnapshotAdded(ctx, hash)
		if err != nil {
			return nil, err
		}
		if withheld(policy, kind, added) {
			return nil, aiqyn.E(aiqyn.Forbidden, "error.classified")
		}
	}
	return e.publishedOf(ctx, kind, hash)
}

// publicReceipt is the receipt of an entry that announces a publication: these
// are anybody's.
func (e *Engine) publicReceipt(ctx context.Context, number string) ([]byte, error) {
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil || strconv.FormatInt(index, 10) != number {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	row, err := e.entry(ctx, index)
	if err != nil {
		return nil, err
	}
	switch EventKind(row.Kind) {
	case EventReleased, EventIndexed, EventVerifier, EventCapacity, EventMeasured, EventPeaksCorrected, EventPeaksAsked, EventMarginReduced, EventPublished:
		return e.Receipt(ctx, aiqyn.System, index)
	}
	return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
}

// PublishedFile is a public file: its path, and how to read it.
type PublishedFile struct {
	Path string
	Read func() ([]byte, error)
}

// PublishedFiles lists every public file: those under their hashes, the newest
// index, and the receipts of what announced them.
func (e *Engine) PublishedFiles(ctx context.Context) ([]PublishedFile, error) {
	var files []PublishedFile
	policy, err := e.policy(ctx)
	if err != nil {
		return nil, err
	}
	add := func(name string, read func() ([]byte, error)) { files = append(files, PublishedFile{name, read}) }
	for _, f := range folders {
		list, err := e.Store.Snapshots(ctx, f.kind)
		if err != nil {
			return nil, err
		}
		for _, s := range list {
			if withheld(policy, f.kind, s.Added) {
				continue
			}
			add(f.path(s.Hash), func() ([]byte, error) { return e.publishedOf(ctx, f.kind, s.Hash) })
		}
	}
	for row, err := range e.Store.Publications(ctx, 0) {
		if err != nil {
			return nil, err
		}
		add("receipts/"+strconv.FormatInt(row.Index, 10)+".json", func() ([]byte, error) { return e.Receipt(ctx, aiqyn.System, row.Index) })
	}
	x, err := e.PublishedIndex(ctx)
	if x.Hash != "" {
		add("index", func() ([]byte, error) { return e.publishedOf(ctx, indexKind, x.Hash) })
	}
	return files, err
}

// publishVerifier is the verifier for browsers on its way into the log.
type publishVerifier struct {
	apart
	d    verifierPublished
	data []byte
}

// PublishVerifier logs the hash of the verifier for browsers, and publishes it,
// unless it is the one that was published last.
func (e *Engine) PublishVerifier(ctx context.Context, wasm []byte) error {
	hash := ledger.PrivateHash(wasm)
	last, err := e.VerifierHash(ctx)
	if err != nil || last == hash {
		return err
	}
	at := e.Clock().UTC().Format(timeFormat)
	_, err = e.send(ctx, &publishVerifier{apart{aiqyn.CommandID("verifier/" + hash + "/" + at), aiqyn.System}, verifierPublished{hash}, wasm})
	return err
}

func (c *publishVerifier) decide(t *turn) error {
	if done, err := c.once(t); done || err != nil {
		return err
	}
	t.emitSystem(EventVerifier, c.actor, &c.d)
	t.snapshots = append(t.snapshots, store.Snapshot{Hash: c.d.Hash, Kind: verifierKind, Data: c.data, Added: t.now})
	c.finish(t)
	return nil
}

// VerifierHash is the hash of the verifier that was published last, "" if none was.
func (e *Engine) VerifierHash(ctx context.Context) (string, error) {
	e.announced.mu.Lock()
	defer e.announced.mu.Unlock()
	err := e.announced.read(ctx, e)
	return e.announced.verifier, err
}
