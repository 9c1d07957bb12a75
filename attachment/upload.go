package attachment

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"aiqyn"
)

// Bounds of what one case may take.
const (
	maxUploads = 16  // at a time
	maxFiles   = 200 // kept
	// MaxBytes is the largest file there can be, whatever a pack allows.
	MaxBytes = 1 << 30
)

// Upload is a file on its way: who sends it, what for, and how far it has come.
type Upload struct {
	ID      string    `json:"-"`
	Owner   string    `json:"owner"`  // who began it, and alone goes on with it
	Use     string    `json:"use"`    // what it is for, as whoever began it named that
	Length  int64     `json:"length"` // of the whole file; −1: it comes in one go
	Started time.Time `json:"started"`
	Offset  int64     `json:"-"` // how much has arrived
}

// Check looks at a file before it is kept. What it returns is kept with the
// file; an error refuses it.
type Check func(context.Context, *File) (any, error)

// Kept is a file that was kept.
type Kept struct {
	Hash string // of its content, "sha256:…"
	Size int64
}

// holding is somebody writing to an upload.
type holding struct {
	interrupt func()
	done      chan struct{}
}

// take makes the caller the only one who writes to an upload. Whoever wrote
// before is interrupted: theirs is a connection that was lost, and the server may
// learn of that last.
func (k *Keeper) take(ctx context.Context, id string, interrupt func()) (release func(), err error) {
	for {
		k.mu.Lock()
		was := k.busy[id]
		if was == nil {
			h := &holding{interrupt, make(chan struct{})}
			k.busy[id] = h
			k.mu.Unlock()
			return func() {
				k.mu.Lock()
				delete(k.busy, id)
				k.mu.Unlock()
				close(h.done)
			}, nil
		}
		k.mu.Unlock()
		if was.interrupt != nil {
			was.interrupt()
		}
		select {
		case <-was.done:
		case <-ctx.Done():
			return nil, aiqyn.E(aiqyn.Unavailable, "error.unavailable").Because(ctx.Err())
		}
	}
}

func (k *Keeper) incoming(c Case, id string) string {
	return filepath.Join(k.dir, incomingDir, join(c.No, id))
}

// Files of an upload.
const (
	metaFile = "meta" // Upload, sealed
	partFile = "part" // the header and whole chunks
	tailFile = "tail" // what has arrived of the next chunk
)

// Begin begins an upload of a file of a known length, which may come in parts.
func (k *Keeper) Begin(c Case, u Upload) (Upload, error) {
	if u.Length <= 0 {
		return u, aiqyn.E(aiqyn.Invalid, "error.attachment-empty")
	}
	if u.Length > MaxBytes {
		return u, tooLarge(MaxBytes)
	}
	return k.begin(c, u)
}

func (k *Keeper) begin(c Case, u Upload) (Upload, error) {
	if err := k.room(c); err != nil {
		return u, err
	}
	var raw [16]byte
	rand.Read(raw[:])
	u.ID = hex.EncodeToString(raw[:])
	dir := k.incoming(c, u.ID)
	meta, err := json.Marshal(u)
	if err != nil {
		return u, err
	}
	sealed := gcm(c.derive("aiqyn/attachment/upload")).Seal(nil, nil, meta, []byte(u.ID))
	head := newHeader(c.No)
	if err = os.Mkdir(dir, 0o700); err == nil {
		err = errors.Join(os.WriteFile(filepath.Join(dir, metaFile), sealed, 0o600), os.WriteFile(filepath.Join(dir, partFile), head[:], 0o600))
	}
	if err != nil {
		return u, disk(err)
	}
	return u, nil
}

// room refuses a case that has too much already.
func (k *Keeper) room(c Case) error {
	coming, err := k.namesOf(incomingDir, c.No)
	if err != nil {
		return err
	}
	kept, err := os.ReadDir(k.folder(c.No))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return disk(err)
	}
	if len(coming) >= maxUploads || len(kept) >= maxFiles {
		return aiqyn.E(aiqyn.TooMany, "error.attachment-many")
	}
	return nil
}

// Find returns an upload and how far it has come. Whoever is still writing to
// it is interrupted: the answer is what to go on from.
func (k *Keeper) Find(ctx context.Context, c Case, id string) (Upload, error) {
	release, err := k.take(ctx, id, nil)
	if err != nil {
		return Upload{}, err
	}
	defer release()
	u, w, err := k.resume(c, id)
	if err != nil {
		return u, err
	}
	return u, w.part.Close()
}

// writing is an upload open for writing.
type writing struct {
	*sealer
	part *os.File
	dir  string
}

// resume opens an upload where it stopped. A chunk that was cut short is dropped.
func (k *Keeper) resume(c Case, id string) (Upload, *writing, error) {
	u, err := k.readMeta(c, id)
	if err != nil {
		return u, nil, err
	}
	w := &writing{dir: k.incoming(c, id)}
	if w.part, err = os.OpenFile(filepath.Join(w.dir, partFile), os.O_RDWR, 0); err != nil {
		return u, nil, disk(err)
	}
	if err := w.reach(c, &u); err != nil {
		w.part.Close()
		return u, nil, err
	}
	return u, w, nil
}

func (w *writing) reach(c Case, u *Upload) error {
	file, err := openChunks(c, w.part)
	if err != nil {
		return err
	}
	if file.end == sealedSize(u.Length) && u.Length > 0 {
		u.Offset = u.Length
		return nil
	}
	w.sealer = newSealer(w.part, file.head, file.aead)
	w.index = (file.end - headerSize) / (chunkSize + overhead)
	end := headerSize + w.index*(chunkSize+overhead)
	if err := w.part.Truncate(end); err != nil {
		return disk(err)
	}
	if _, err := w.part.Seek(end, io.SeekStart); err != nil {
		return disk(err)
	}
	if tail, err := os.ReadFile(filepath.Join(w.dir, tailFile)); err == nil {
		if plain, err := w.aead.Open(nil, nil, tail, w.head.place(w.index, markTail)); err == nil && len(plain) <= chunkSize {
			w.held = append(w.held, plain...)
		}
	}
	u.Offset = w.size()
	return nil
}

// pause keeps what was held back, so that not a byte need be sent again.
func (w *writing) pause() error {
	if len(w.held) == 0 {
		return nil
	}
	tail := filepath.Join(w.dir, tailFile)
	sealed := w.aead.Seal(nil, nil, w.held, w.head.place(w.index, markTail))
	if err := os.WriteFile(tail+".new", sealed, 0o600); err != nil {
		return err
	}
	return os.Rename(tail+".new", tail)
}

func (k *Keeper) readMeta(c Case, id string) (Upload, error) {
	var u Upload
	if raw, err := hex.DecodeString(id); err != nil || len(raw) != 16 {
		return u, gone(err)
	}
	sealed, err := os.ReadFile(filepath.Join(k.incoming(c, id), metaFile))
	if err != nil {
		return u, gone(err)
	}
	plain, err := gcm(c.derive("aiqyn/attachment/upload")).Open(nil, nil, sealed, []byte(id))
	if err == nil {
		err = json.Unmarshal(plain, &u)
	}
	u.ID = id
	if err != nil {
		return u, gone(err)
	}
	return u, nil
}

// Append adds to an upload what follows an offset, and returns how far it has
// come. If from fails half-way, what came before that is kept and the error is
// from's. Interrupt, which may be nil, makes a reading of from end at once.
func (k *Keeper) Append(ctx context.Context, c Case, id string, offset int64, from io.Reader, interrupt func()) (int64, error) {
	release, err := k.take(ctx, id, interrupt)
	if err != nil {
		return 0, err
	}
	defer release()
	u, w, err := k.resume(c, id)
	if err != nil {
		return 0, err
	}
	defer w.part.Close()
	if offset != u.Offset {
		return u.Offset, aiqyn.E(aiqyn.Conflict, "error.attachment-offset", "at", u.Offset)
	}
	if w.sealer == nil {
		return u.Offset, nil // it is whole already
	}
	// One byte more than may come tells whether more would.
	_, err = io.CopyBuffer(w, io.LimitReader(from, u.Length-u.Offset), make([]byte, chunkSize))
	var left *fs.PathError
	if errors.As(err, &left) {
		return u.Offset, disk(err)
	}
	if w.size() == u.Length {
		return u.Length, orDisk(w.last())
	}
	if err := w.pause(); err != nil {
		return u.Offset, disk(err)
	}
	return w.size(), err
}

// Cancel drops an upload.
func (k *Keeper) Cancel(ctx context.Context, c Case, id string) error {
	release, err := k.take(ctx, id, nil)
	if err != nil {
		return err
	}
	defer release()
	if _, err := k.readMeta(c, id); err != nil {
		return err
	}
	return orDisk(os.RemoveAll(k.incoming(c, id)))
}

func gone(cause error) error {
	return aiqyn.E(aiqyn.NotFound, "error.attachment-gone").Because(cause)
}

func tooLarge(most int64) error {
	return aiqyn.E(aiqyn.TooLarge, "error.attachment-too-large", "limit", most>>20)
}

func disk(cause error) error {
	return aiqyn.E(aiqyn.Unavailable, "error.attachment-disk").Because(cause)
}

func orDisk(err error) error {
	if err == nil {
		return nil
	}
	return disk(err)
}
