package attachment

import (
	"aiqyn"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Put takes a file in one go, of whatever length up to most, and keeps it.
func (k *Keeper) Put(ctx context.Context, c Case, u Upload, most int64, from io.Reader, check Check) (Kept, error) {
	u.Length = -1
	u, err := k.begin(c, u)
	if err != nil {
		return Kept{}, err
	}
	defer os.RemoveAll(k.incoming(c, u.ID))
	if err := k.receive(c, u.ID, min(most, MaxBytes), from); err != nil {
		return Kept{}, err
	}
	return k.Finish(ctx, c, u.ID, check)
}

func (k *Keeper) receive(c Case, id string, most int64, from io.Reader) error {
	_, w, err := k.resume(c, id)
	if err != nil {
		return err
	}
	defer w.part.Close()
	n, err := io.CopyBuffer(w, io.LimitReader(from, most+1), make([]byte, chunkSize))
	switch {
	case err != nil:
		return err
	case n == 0:
		return aiqyn.E(aiqyn.Invalid, "error.attachment-empty")
	case n > most:
		return tooLarge(most)
	}
	return orDisk(w.last())
}

// Finish checks a whole upload and keeps it as a file of the case: once, however
// often the same file is sent. It is on the disk when Finish returns. A file that
// is refused is gone.
func (k *Keeper) Finish(ctx context.Context, c Case, id string, check Check) (Kept, error) {
	release, err := k.take(ctx, id, nil)
	if err != nil {
		return Kept{}, err
	}
	defer release()
	u, err := k.readMeta(c, id)
	if err != nil {
		return Kept{}, err
	}
	dir := k.incoming(c, id)
	part, err := os.OpenFile(filepath.Join(dir, partFile), os.O_RDWR, 0)
	if err != nil {
		return Kept{}, disk(err)
	}
	defer part.Close()
	file, err := openChunks(c, part)
	if err != nil {
		return Kept{}, err
	}
	if u.Length >= 0 && file.end != sealedSize(u.Length) {
		return Kept{}, aiqyn.E(aiqyn.Conflict, "error.attachment-unfinished")
	}
	kept, err := file.keep(ctx, check)
	if err == nil {
		err = k.place(c, filepath.Join(dir, partFile), kept.Hash)
	}
	if err == nil || aiqyn.KindOf(err) == aiqyn.Invalid || aiqyn.KindOf(err) == aiqyn.TooLarge {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return kept, err
}

// keep writes the notes behind the chunks of a file that passes the check.
func (f *File) keep(ctx context.Context, check Check) (Kept, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return Kept{}, err
	}
	n := notes{Hash: hashText(sum.Sum(nil)), Size: f.size}
	if check != nil {
		f.at, f.notes = 0, n
		more, err := check(ctx, f)
		if err != nil {
			return Kept{}, err
		}
		if n.More, err = json.Marshal(more); err != nil {
			return Kept{}, err
		}
	}
	end, err := sealNotes(&f.head, f.aead, n)
	if err != nil {
		return Kept{}, err
	}
	if _, err := f.f.WriteAt(end, f.end); err != nil {
		return Kept{}, disk(err)
	}
	return Kept{n.Hash, n.Size}, orDisk(f.f.Sync())
}

// place gives a finished file its name. The name is noted as fresh first: a file
// that nothing ever refers to is swept away later.
func (k *Keeper) place(c Case, part, hash string) error {
	if err := k.renew(c, hash); err != nil {
		return err
	}
	target := k.path(c, hash)
	if err := makeFolder(filepath.Dir(target)); err != nil {
		return disk(err)
	}
	if err := k.Check(c, hash); err == nil {
		return nil // it is kept already
	}
	if err := os.Rename(part, target); err != nil {
		return disk(err)
	}
	return orDisk(syncDir(filepath.Dir(target)))
}

// renew notes that a file was just asked for: it is not swept away soon.
func (k *Keeper) renew(c Case, hash string) error {
	f, err := os.OpenFile(filepath.Join(k.dir, freshDir, join(c.No, c.name(hash))), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return disk(err)
	}
	now := time.Now()
	return orDisk(errors.Join(f.Close(), os.Chtimes(f.Name(), now, now)))
}

// Claim opens a file that an act is about to name: it will not be swept away
// before the act is recorded.
func (k *Keeper) Claim(c Case, hash string) (*File, error) {
	if !k.Has(c, hash) {
		return nil, aiqyn.E(aiqyn.NotFound, "error.attachment-missing")
	}
	if err := k.renew(c, hash); err != nil {
		return nil, err
	}
	return k.Open(c, hash)
}
