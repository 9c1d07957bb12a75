package web

import (
	"context"
	"io"
	"testing"

	"aiqyn"
	"aiqyn/attachment"
	kinds "aiqyn/attachment/media"
	"aiqyn/casework"
)

// keepingFiles lets a fake keep files of the one case that its officers work on;
// without it, it keeps none, as a server without a folder for them.
func keepingFiles(t testing.TB, f *fake) {
	t.Helper()
	k, err := attachment.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f.files = k
}

var fakeCase = attachment.Case{No: 1, Key: [32]byte{1}}

func (f *fake) KeepsFiles() bool { return f.files != nil }

// looked refuses what is no document.
func (f *fake) looked(_ context.Context, file *attachment.File) (any, error) {
	info, err := kinds.Inspect(file, file.Size(), kinds.Limits{Bytes: 8 << 20, Types: kinds.Types})
	return info, err
}

func (f *fake) PutFile(ctx context.Context, _ casework.FileFor, from io.Reader) (string, error) {
	kept, err := f.files.Put(ctx, fakeCase, attachment.Upload{}, 8<<20, from, f.looked)
	return kept.Hash, err
}

func (f *fake) BeginFile(_ context.Context, _ casework.FileFor, length int64) (attachment.Upload, error) {
	if f.files == nil {
		return attachment.Upload{}, aiqyn.E(aiqyn.Conflict, "error.attachment-none")
	}
	return f.files.Begin(fakeCase, attachment.Upload{Length: length})
}

func (f *fake) FindFile(ctx context.Context, _ casework.FileFor, id string) (attachment.Upload, error) {
	if f.files == nil {
		return attachment.Upload{}, aiqyn.E(aiqyn.NotFound, "error.attachment-gone")
	}
	return f.files.Find(ctx, fakeCase, id)
}

func (f *fake) AppendFile(ctx context.Context, p casework.FileFor, id string, offset int64, from io.Reader, interrupt func()) (int64, string, error) {
	u, err := f.FindFile(ctx, p, id)
	if err != nil {
		return 0, "", err
	}
	at, err := f.files.Append(ctx, fakeCase, id, offset, from, interrupt)
	if err != nil || at < u.Length {
		return at, "", err
	}
	kept, err := f.files.Finish(ctx, fakeCase, id, f.looked)
	return at, kept.Hash, err
}

func (f *fake) CancelFile(ctx context.Context, _ casework.FileFor, id string) error {
	if f.files == nil {
		return aiqyn.E(aiqyn.NotFound, "error.attachment-gone")
	}
	return f.files.Cancel(ctx, fakeCase, id)
}

func (f *fake) OpenFile(context.Context, aiqyn.Actor, aiqyn.Reference, string) (*casework.OpenedFile, error) {
	return nil, aiqyn.E(aiqyn.NotFound, "error.attachment-closed")
}
