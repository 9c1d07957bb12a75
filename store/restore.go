package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"aiqyn"
)

// Backup copies the database to a new file while it is in use: the copy is of
// one moment, whole, and on the disk when Backup returns.
func (db *DB) Backup(ctx context.Context, file string) error {
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		return aiqyn.E(aiqyn.Conflict, "error.backup-there", "file", file).Because(err)
	}
	if err := db.copyTo(ctx, file); err != nil {
		os.Remove(file)
		return readable(fmt.Errorf("copy to %s: %w", file, err))
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Sync(), f.Close())
}

// Reorigin gives the log a new name, after its database was restored from a
// backup: entries that the old log has shown may be missing here, so what comes
// now must never be taken for its continuation. The checkpoint is the head's
// own, signed under the new name. Cosigned checkpoints are of the old log and
// are forgotten; the last of them goes into the first entry under the new name.
func (db *DB) Reorigin(ctx context.Context, was Head, origin, checkpoint string) error {
	if origin == was.Origin {
		return aiqyn.E(aiqyn.Invalid, "error.restore-origin", "origin", origin)
	}
	return db.update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE head SET origin = $1, checkpoint = $2, fence = fence + 1
			WHERE shard = 'main' AND origin = $3 AND size = $4 AND root = $5`, origin, checkpoint, was.Origin, was.Size, was.Root[:])
		if err != nil {
			return fmt.Errorf("rename log: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n != 1 {
			return ErrHeadMoved
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM cosigned`)
		return err
	})
}
