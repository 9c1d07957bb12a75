package store

import (
	"context"
	"fmt"
)

// Writing is one transaction that extends the log, batch by batch: rows may go
// to the database while the next batch is still being made, and one sync is
// for all of them.
type Writing struct {
	db    *DB
	tx    transaction
	was   Head // what the first batch was made on top of
	head  Head // reached
	tiles []Tile
	parts int
	wiped bool
}

// Write begins to extend the log. It must be ended by Commit or Abandon.
func (db *DB) Write(ctx context.Context) (*Writing, error) {
	tx, err := db.begin(ctx)
	if err != nil {
		return nil, readable(err)
	}
	return &Writing{db: db, tx: tx}, nil
}

// Add writes the rows of a batch that was made on top of the head reached so
// far: [ErrHeadMoved] if another writer has extended the log since, which may
// come with Commit. After an error there is nothing left but to abandon the
// whole.
func (w *Writing) Add(b *Batch) error { return readable(w.add(b)) }

func (w *Writing) add(b *Batch) error {
	if w.parts == 0 {
		if err := w.tx.at(b.Was); err != nil {
			return err
		}
		w.was = b.Was
	} else if b.Was.Size != w.head.Size || b.Was.Root != w.head.Root || b.Was.Fence != w.head.Fence {
		return ErrHeadMoved
	}
	w.parts++
	w.head = b.Head
	w.tiles = lay(w.tiles, b.Tiles)
	b.fold()
	if err := b.write(w.tx); err != nil {
		return err
	}
	w.wiped = w.wiped || len(b.Erased)+len(b.Silenced) > 0
	for _, no := range b.Erased {
		if err := erase(w.tx, no); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	for _, entry := range b.Silenced {
		if err := w.tx.exec(`DELETE FROM report_key WHERE entry = $1`, entry); err != nil {
			return fmt.Errorf("erase a report: %w", err)
		}
	}
	if err := writePayments(w.tx, b.Payments); err != nil {
		return fmt.Errorf("write payments: %w", err)
	}
	for _, id := range b.PasskeysGone {
		if err := w.tx.exec(`DELETE FROM passkey WHERE id = $1`, id); err != nil {
			return fmt.Errorf("remove a passkey: %w", err)
		}
	}
	if err := sendAgain(w.tx, b.Again, b.Head.Recorded); err != nil {
		return err
	}
	if b.Capacity != nil {
		return writePublication(w.tx, b.Capacity)
	}
	return nil
}

// Commit puts all that was added on disk, under the checkpoint of the head
// reached, or none of it. The checkpoint is asked for while the last rows are
// written.
func (w *Writing) Commit(checkpoint func() (string, error)) error {
	if err := w.finish(checkpoint); err != nil {
		w.tx.abandon()
		return readable(err)
	}
	if err := w.tx.commit(); err != nil {
		return readable(err)
	}
	if w.wiped {
		w.db.forget()
	}
	return nil
}

// finish writes what is written once for all batches: the tiles, which grew with
// each, and the head, if it is still the one that the first was made on top of.
func (w *Writing) finish(checkpoint func() (string, error)) error {
	var unsigned error
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.head.Checkpoint, unsigned = checkpoint()
	}()
	err := writeTiles(w.tx, w.tiles)
	<-done
	switch {
	case err != nil:
		return err
	case unsigned != nil:
		return fmt.Errorf("checkpoint: %w", unsigned)
	case w.parts == 0:
		return nil
	}
	return swapHead(w.tx, w.was, w.head)
}

// swapHead replaces the head, if it is the one expected.
func swapHead(w writer, was, head Head) error {
	return w.swap(`UPDATE head SET origin = $1, size = $2, root = $3, fence = $4, recorded = $5, checkpoint = $6
		WHERE shard = 'main' AND size = $7 AND root = $8 AND fence = $9`,
		head.Origin, head.Size, head.Root[:], head.Fence, micros(head.Recorded), head.Checkpoint,
		was.Size, was.Root[:], was.Fence)
}

// Abandon takes back all that was added.
func (w *Writing) Abandon() { w.tx.abandon() }

// Commit writes one batch in one transaction.
func (db *DB) Commit(ctx context.Context, b *Batch) error {
	w, err := db.Write(ctx)
	if err != nil {
		return err
	}
	if err := w.Add(b); err != nil {
		w.Abandon()
		return err
	}
	return w.Commit(func() (string, error) { return b.Head.Checkpoint, nil })
}
