package casework

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"

	"aiqyn/ledger"
	"aiqyn/release"
	"aiqyn/store"
)

// announced is what the log has said of publications, as far as it was read:
// any process may ask, whoever decides.
type announced struct {
	mu       sync.Mutex
	seq      int64 // of the system's entries
	releases []ReleaseView
	summary  release.Summary
	figures  *release.Figures // of the summary; nil: to be computed
	index    PublishedIndex   // the newest
	listed   map[string]bool
	verifier string // hash of the newest
}

// ReleaseView is one release as the log announces it.
type ReleaseView struct {
	From, To       string // days
	Hash           string
	Opened, Closed int64 // leaves
	Entry          int64
	At             time.Time
}

// PublishedIndex is the newest signed list of what is published.
type PublishedIndex struct {
	Hash  string // of its signed text
	Entry int64
	At    time.Time
}

// read brings the memory up to the log.
func (a *announced) read(ctx context.Context, e *Engine) error {
	for row, err := range e.Store.Publications(ctx, a.seq) {
		if err != nil {
			return err
		}
		ev, err := e.decodeEntry(*row, e.keys.system)
		if err == nil {
			err = a.take(ctx, e, ev)
		}
		if err != nil {
			return fmt.Errorf("entry %d: %w", row.Index, err)
		}
		a.seq = row.Seq
	}
	return nil
}

func (a *announced) take(ctx context.Context, e *Engine, ev *event) error {
	switch d := ev.data.(type) {
	case *released:
		r, err := e.releaseOf(ctx, d.Hash)
		if err == nil {
			err = a.summary.Add(r)
		}
		if err != nil {
			return err
		}
		a.figures = nil
		a.releases = append(a.releases, ReleaseView{d.From, d.To, d.Hash, d.Opened, d.Closed, ev.index, ev.at})
	case *indexed:
		x, err := e.indexOf(ctx, d.Hash)
		if err != nil {
			return err
		}
		if a.listed == nil {
			a.listed = make(map[string]bool)
		}
		for _, f := range x.Files {
			a.listed[f.Path] = true
		}
		a.index = PublishedIndex{d.Hash, ev.index, ev.at}
	case *verifierPublished:
		a.verifier = d.Hash
	case *restored:
		a.summary.State.Cut = ev.index
	}
	return nil
}

// snapshotOf reads public data and holds it against its hash.
func snapshotOf(ctx context.Context, db *store.DB, kind, hash string) ([]byte, error) {
	data, err := db.SnapshotOf(ctx, kind, hash)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, fmt.Errorf("%s %s is missing", kind, hash)
	}
	if got := hexSum(data); got != hash {
		return nil, fmt.Errorf("%s %s was changed: its content is %s", kind, hash, got)
	}
	return data, nil
}

// releaseOf reads a release by its hash.
func (e *Engine) releaseOf(ctx context.Context, hash string) (*release.Release, error) {
	data, err := snapshotOf(ctx, e.Store, releaseKind, hash)
	if err != nil {
		return nil, err
	}
	return release.Parse(data)
}

// indexOf reads an index by its hash and checks that the log's key signed it.
// One from before a restore is signed by another key, under the log's old name;
// its hash, which this log holds, vouches for it.
func (e *Engine) indexOf(ctx context.Context, hash string) (*release.Index, error) {
	data, err := snapshotOf(ctx, e.Store, indexKind, hash)
	if err != nil {
		return nil, err
	}
	key, err := ledger.ParseKey(e.VerifierKey)
	if err != nil {
		return nil, err
	}
	text, _, _ := strings.Cut(string(data), "\n\n")
	x, err := release.ParseIndex(text + "\n")
	if err != nil {
		return nil, err
	}
	if x.Origin == key.Name() {
		_, err = note.Open(data, note.VerifierList(key))
	}
	return x, err
}

// releasedState is what was told so far, and the newest release.
func (e *Engine) releasedState(ctx context.Context) (*release.State, ReleaseView, error) {
	a := &e.announced
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.read(ctx, e); err != nil {
		return nil, ReleaseView{}, err
	}
	var last ReleaseView
	if n := len(a.releases); n > 0 {
		last = a.releases[n-1]
	}
	return a.summary.State.Clone(), last, nil
}

// Releases lists the releases, newest first.
func (e *Engine) Releases(ctx context.Context, p Page) (List[ReleaseView], error) {
	var out List[ReleaseView]
	below, err := after(p.After)
	if err != nil {
		return out, err
	}
	a := &e.announced
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.read(ctx, e); err != nil {
		return out, err
	}
	for i := len(a.releases) - 1; i >= 0; i-- {
		r := a.releases[i]
		if p.After != "" && r.Entry >= below {
			continue
		}
		if len(out.Items) == p.limit() {
			out.Next = fmt.Sprint(out.Items[len(out.Items)-1].Entry)
			break
		}
		out.Items = append(out.Items, r)
	}
	return out, nil
}

// Figures are what all releases say together, with the newest of them. Before
// the first they are zero.
func (e *Engine) Figures(ctx context.Context) (release.Figures, ReleaseView, error) {
	a := &e.announced
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := a.read(ctx, e); err != nil || len(a.releases) == 0 {
		return release.Figures{}, ReleaseView{}, err
	}
	if a.figures == nil {
		f := a.summary.Figures()
		a.figures = &f
	}
	return *a.figures, a.releases[len(a.releases)-1], nil
}
