package casework

import (
	"context"
	"database/sql"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"aiqyn/store"
)

// The model of a crash of the machine. What SQLite has fsynced is on the disk;
// of everything written after that, any 512-byte sector may be there, missing,
// as it was before, or garbage, in any order, and the file may end anywhere.
// With synchronous=FULL a commit is acknowledged after its frames are fsynced
// in the write-ahead log (WAL); a checkpoint fsyncs the WAL, copies pages to
// the main file and fsyncs that, before the WAL is begun anew from its start.
// So there are three kinds of moment:
//
//   - between commits: the WAL is intact up to the last commit, its tail is not;
//   - during a checkpoint, which goes on beside commits: the WAL is intact up to
//     the last commit, the pages being copied are not;
//   - after one: the main file is intact. The WAL begins anew with a header that
//     is fsynced before any frame is written, so either the frames are still
//     all those of the round before, under an old, new or torn header, or the
//     header is intact and what follows is torn, old frames behind new ones.
//
// Images are taken while the engine is held between two commits, and later
// images tell what was being written next. The model does not have: a disk
// that lies about fsync, one that damages sectors nobody was writing (audit
// finds these), a torn 512-byte sector, or a file system that loses the folder
// entry of a file that was made long ago.

// image is both files at a moment when everything up to head was durable.
type image struct {
	main, wal, shm []byte
	synced         int // bytes of the WAL that can be counted on
	head           store.Head
}

// camera takes images of a database while it is being written to.
type camera struct {
	t               *testing.T
	main, wal, shm  *os.File
	raw             *sql.DB
	mu              sync.Mutex
	n               int
	images          []image
	checkpoints     [][2]image // before and after
	heads           map[int64]store.Head
	every, checking int
	seen            int // transactions
	kept, changed   int // checkpoints that readers kept back, and beside which something was written
}

// observe is called by the engine between two commits.
func (c *camera) observe(batches []store.Batch) {
	b := &batches[len(batches)-1]
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heads[b.Head.Size] = b.Head
	if c.main == nil {
		return
	}
	c.seen++
	if c.n++; c.n%c.every <= 1 { // two that follow each other, whatever happens between the others
		c.keep(c.take(b.Head))
	}
	if c.n >= c.checking {
		c.checkpoint(b.Head)
	}
}

// mostImages is how many are kept: where there is no pair among so many, later ones take
// the place of the earlier.
const mostImages = 90

func (c *camera) keep(images ...image) {
	if c.images = append(c.images, images...); len(c.images) > mostImages {
		c.images = slices.Clone(c.images[mostImages/2:])
	}
}

// checkpoint has SQLite copy what is in the WAL, and keeps what was before and after.
// Readers that began before the last commit keep its last frames back; whatever they do,
// they end while the engine is held here, so the rest is copied when they have.
func (c *camera) checkpoint(head store.Head) {
	before := c.take(head)
	var busy, frames, copied int
	for range 400 {
		if err := c.raw.QueryRow("PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &frames, &copied); err != nil {
			c.t.Errorf("checkpoint: %v", err)
			return
		}
		if busy == 0 && frames == copied {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if busy != 0 || frames != copied {
		c.kept++
		return
	}
	after := c.take(head)
	if string(before.wal) != string(after.wal) {
		c.changed++
		return // something was written meanwhile: the two are not of one moment
	}
	c.n = 0
	after.synced = 0 // all of it is in the main file now
	c.checkpoints = append(c.checkpoints[max(0, len(c.checkpoints)-8):], [2]image{before, after})
	c.keep(before, after)
}

// take reads the files while a reader holds the WAL: beside the engine, others
// write of their own, and a WAL that began anew between the reading of one file
// and of the other would make an image of no moment at all.
func (c *camera) take(head store.Head) image {
	tx, err := c.raw.Begin()
	if err != nil {
		c.t.Errorf("hold the WAL: %v", err)
		return image{}
	}
	defer tx.Rollback()
	var size int64
	if err := tx.QueryRow("SELECT size FROM head").Scan(&size); err != nil { // a transaction begins with its first reading
		c.t.Errorf("hold the WAL: %v", err)
	}
	m := image{main: c.whole(c.main), wal: c.whole(c.wal), shm: c.whole(c.shm), head: head}
	m.synced = lastCommit(m.wal)
	return m
}

// whole reads a file through a handle that stays open: closing one would give
// up the locks that SQLite holds on the file in this process.
func (c *camera) whole(f *os.File) []byte {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<40))
	if err != nil {
		c.t.Error(err)
	}
	return b
}

const (
	pageSize   = 4096
	walHeader  = 32
	walFrame   = 24 + pageSize
	sectorSize = 512
)

// lastCommit is where the last committed frame of a WAL ends: the salts of the
// header stand in every frame of the same round, a commit says the file's size.
func lastCommit(wal []byte) int {
	end := 0
	for at := walHeader; at+walFrame <= len(wal) && string(wal[at+8:at+16]) == string(wal[16:24]); at += walFrame {
		if binary.BigEndian.Uint32(wal[at+4:]) != 0 {
			end = at + walFrame
		}
	}
	return end
}

// photograph works an engine under load and returns what was seen.
func photograph(t *testing.T) (*camera, []ack) {
	t.Helper()
	dir := t.TempDir()
	c := &camera{t: t, heads: make(map[int64]store.Head), every: 14, checking: 45}
	r := liveRig(t, dir, time.Now(), func(cfg *Config) { cfg.Observe = c.observe })
	file := filepath.Join(dir, "aiqyn.db")
	c.mu.Lock()
	var err error
	for _, f := range []struct {
		to   **os.File
		name string
	}{{&c.wal, file + "-wal"}, {&c.shm, file + "-shm"}, {&c.main, file}} {
		if *f.to, err = os.Open(f.name); err != nil {
			t.Fatal(err)
		}
	}
	if c.raw, err = sql.Open("sqlite", file); err != nil {
		t.Fatal(err)
	}
	c.mu.Unlock()
	var mu sync.Mutex
	var acks []ack
	l := &load{rig: r,
		acked:  func(a ack) { mu.Lock(); acks = append(acks, a); mu.Unlock() },
		failed: func(kind string, err error) { t.Errorf("%s: %v", kind, err) },
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go func() { // however slow the machine: until there is enough to look at
		for ctx.Err() == nil && !c.enough() {
			time.Sleep(50 * time.Millisecond)
		}
		stop()
	}()
	l.run(ctx, 12)
	r.shut()
	c.raw.Close()
	for _, f := range []*os.File{c.main, c.wal, c.shm} {
		f.Close()
	}
	return c, acks
}

// mostSeen is after how many transactions there is enough to look at or never will be: it
// takes some two hundred. How long they take is the machine's business.
const mostSeen = 5000

// enough reports whether there are images and checkpoints to tell something by, or there
// were so many transactions that there should be.
func (c *camera) enough() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen >= mostSeen || c.tells()
}

func (c *camera) tells() bool {
	return len(c.images) >= 30 && len(c.checkpoints) > 1 && len(c.pairs()) > 0
}

// TestTornWrites opens databases as a crash of the machine may leave them.
func TestTornWrites(t *testing.T) {
	t.Parallel()
	rounds := 40
	if os.Getenv("AIQYN_SOAK") != "" {
		rounds = 2000
	}
	if testing.Short() || underRace {
		rounds = 8
	}
	random := seeded(t)
	c, acks := photograph(t)
	t.Logf("%d images, %d checkpoints of %d transactions (%d kept back, %d written beside), %d commands acknowledged",
		len(c.images), len(c.checkpoints), c.seen, c.kept, c.changed, len(acks))
	if !c.tells() {
		t.Fatal("the engine wrote too little to tell anything")
	}
	pairs := c.pairs()
	for i := range rounds {
		if i%4 == 3 {
			pair := c.checkpoints[random.IntN(len(c.checkpoints))]
			c.open("torn checkpoint", image{main: tornPages(random, pair[0].main, pair[1].main), wal: pair[0].wal, head: pair[0].head}, acks, random)
			continue
		}
		pair := pairs[random.IntN(len(pairs))]
		m, next := pair[0], pair[1]
		if i%10 == 1 {
			pair := c.checkpoints[random.IntN(len(c.checkpoints))]
			c.open("torn header", image{main: pair[1].main, wal: tornHeader(random, pair[1].wal, next.wal), head: pair[1].head}, acks, random)
			continue
		}
		torn := tears[i%len(tears)]
		main := m.main
		if random.IntN(2) == 0 {
			main = copying(random, m)
		}
		out := image{main: main, wal: torn.make(random, m.wal, next.wal, m.synced), head: m.head}
		if random.IntN(2) == 0 {
			out.shm = m.shm // the index of the WAL is not fsynced, and not to be trusted
		}
		c.open(torn.name, out, acks, random)
		if t.Failed() {
			t.Logf("after %d of %d", i+1, rounds)
			return
		}
	}
}

// pairs are the images whose next one was written on top of their WAL, or is the
// first after all of it was in the main file, each with that next one. Where a
// reader kept the WAL from beginning anew after a checkpoint, its frames are still
// there to be counted on.
func (c *camera) pairs() (list [][2]image) {
	for i := range len(c.images) - 1 {
		m, next := c.images[i], c.images[i+1]
		if next.head.Size <= m.head.Size || len(next.wal) <= walHeader || len(m.wal) <= walHeader {
			continue
		}
		if string(next.wal[:walHeader]) == string(m.wal[:walHeader]) {
			m.synced = lastCommit(m.wal)
			if len(next.wal) > m.synced && m.synced > 0 && string(next.wal[:m.synced]) == string(m.wal[:m.synced]) {
				list = append(list, [2]image{m, next})
			}
		} else if m.synced == 0 && string(next.main) == string(m.main) {
			m.synced = walHeader
			list = append(list, [2]image{m, next})
		}
	}
	return list
}

// open starts an engine on an image: it must open, have all that was durable
// and nothing but what was decided, answer old commands as before, and work.
func (c *camera) open(name string, m image, acks []ack, random *rand.Rand) {
	t := c.t
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for suffix, data := range map[string][]byte{"": m.main, "-wal": m.wal, "-shm": m.shm} {
		if data != nil {
			if err := os.WriteFile(filepath.Join(dir, "aiqyn.db"+suffix), data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	r := liveRig(t, dir, time.Now().Add(-time.Minute), func(cfg *Config) { cfg.Manual = true })
	defer r.shut()
	head, err := r.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	was, known := c.heads[head.Size]
	if head.Size < m.head.Size || !known || was.Root != head.Root {
		t.Errorf("%s: %d entries were durable, found %d (a state that was: %v)", name, m.head.Size, head.Size, known && was.Root == head.Root)
		return
	}
	if rep := r.audit(); !rep.OK {
		t.Errorf("%s: audit: %+v", name, rep.Problems[:min(3, len(rep.Problems))])
	}
	var durable []ack
	for _, a := range acks {
		if a.Last < m.head.Size {
			durable = append(durable, a)
		}
	}
	checkAgain(t, r, durable, nil, random)
	a := ack{Kind: "certificate", ID: "after the crash"}
	if _, err := r.Do(t.Context(), a.command()); err != nil {
		t.Errorf("%s: the first command after it: %v", name, err)
	}
}
