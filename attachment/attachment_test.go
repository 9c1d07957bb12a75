package attachment

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"aiqyn"
)

func open(t testing.TB) *Keeper {
	t.Helper()
	k, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var mine, other = Case{No: 17, Key: [32]byte{1}}, Case{No: 18, Key: [32]byte{2}}

func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

func hashOf(b []byte) string { sum := sha256.Sum256(b); return hashText(sum[:]) }

func put(t testing.TB, k *Keeper, c Case, content []byte) string {
	t.Helper()
	kept, err := k.Put(context.Background(), c, Upload{}, MaxBytes, bytes.NewReader(content), nil)
	if err != nil {
		t.Fatal(err)
	}
	return kept.Hash
}

func read(k *Keeper, c Case, hash string) ([]byte, error) {
	f, err := k.Open(c, hash)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// paths lists the files of a folder.
func paths(t testing.TB, dir string) []string {
	t.Helper()
	var list []string
	filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			list = append(list, path)
		}
		return nil
	})
	return list
}

func TestKeepsWhatItIsGiven(t *testing.T) {
	k := open(t)
	for _, n := range []int{1, 100, chunkSize - 1, chunkSize, chunkSize + 1, 3 * chunkSize, 3*chunkSize + 7} {
		content := random(n)
		hash := put(t, k, mine, content)
		if hash != hashOf(content) {
			t.Errorf("%d bytes: kept as %s", n, hash)
		}
		got, err := read(k, mine, hash)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%d bytes: read %d, %v", n, len(got), err)
		}
		f, err := k.Open(mine, hash)
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(f, content); err != nil {
			t.Errorf("%d bytes: %v", n, err)
		}
		f.Close()
	}
	if left := paths(t, filepath.Join(k.dir, incomingDir)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestNothingShowsOnTheDisk: neither the content, nor that two cases hold the
// same; within a case the same file is kept once.
func TestNothingShowsOnTheDisk(t *testing.T) {
	k := open(t)
	content := []byte(strings.Repeat("the same photograph ", 9000))
	hash := put(t, k, mine, content)
	put(t, k, other, content)
	put(t, k, mine, content)
	files := paths(t, filepath.Join(k.dir, casesDir))
	if len(files) != 2 {
		t.Fatalf("kept as %v", files)
	}
	names := map[string]bool{}
	for _, file := range files {
		names[filepath.Base(file)] = true
		raw, err := os.ReadFile(file)
		if err != nil || bytes.Contains(raw, []byte("photograph")) || strings.Contains(file, hash[7:]) {
			t.Errorf("%s shows what is in it: %v", file, err)
		}
	}
	if len(names) != 2 {
		t.Error("two cases have a name in common")
	}
	if _, err := read(k, Case{mine.No, other.Key}, hash); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("with another key: %v", err)
	}
}

// TestEveryByteCounts: whatever is changed, cut off, added or exchanged is found
// before a byte of it is given out.
func TestEveryByteCounts(t *testing.T) {
	k := open(t)
	content := random(2*chunkSize + 100)
	hash := put(t, k, mine, content)
	twin := random(2*chunkSize + 100)
	put(t, k, mine, twin)
	path, twinPath := k.path(mine, hash), k.path(mine, hashOf(twin))
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	twinSealed, err := os.ReadFile(twinPath)
	if err != nil {
		t.Fatal(err)
	}
	const first, second = headerSize, headerSize + chunkSize + overhead
	swapped := bytes.Clone(sound)
	copy(swapped[first:], sound[second:second+chunkSize+overhead])
	copy(swapped[second:], sound[first:second])
	foreign := bytes.Clone(sound)
	copy(foreign[first:second], twinSealed[first:second])
	cases := map[string][]byte{
		"nothing": {}, "a header": sound[:headerSize], "chunks swapped": swapped, "another file's chunk": foreign,
		"another file": twinSealed, "a byte more": append(bytes.Clone(sound), 0), "a byte less": sound[:len(sound)-1],
		"a chunk less": append(bytes.Clone(sound[:second]), sound[second+chunkSize+overhead:]...),
	}
	for _, at := range []int{0, 9, 20, first, first + 50, second - 1, len(sound) - 200, len(sound) - 30, len(sound) - 2} {
		flipped := bytes.Clone(sound)
		flipped[at] ^= 1
		cases["byte "+string(rune('a'+at%26))+" flipped"] = flipped
	}
	for name, raw := range cases {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := read(k, mine, hash)
		if err == nil {
			t.Errorf("%s: read %d bytes", name, len(got))
		}
		if !bytes.HasPrefix(content, got) {
			t.Errorf("%s: gave out what was not kept", name)
		}
		if err := k.Check(mine, hash); aiqyn.KindOf(err) != aiqyn.Internal {
			t.Errorf("%s: the check says %v", name, err)
		}
	}
}

func TestLimits(t *testing.T) {
	k, ctx := open(t), context.Background()
	if _, err := k.Put(ctx, mine, Upload{}, 1000, bytes.NewReader(random(1001)), nil); aiqyn.KindOf(err) != aiqyn.TooLarge {
		t.Errorf("too large: %v", err)
	}
	if _, err := k.Put(ctx, mine, Upload{}, 1000, bytes.NewReader(nil), nil); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("empty: %v", err)
	}
	refuse := func(context.Context, *File) (any, error) { return nil, aiqyn.E(aiqyn.Invalid, "error.attachment-type") }
	if _, err := k.Put(ctx, mine, Upload{}, 1000, bytes.NewReader(random(10)), refuse); aiqyn.KindOf(err) != aiqyn.Invalid {
		t.Errorf("refused: %v", err)
	}
	if left := paths(t, k.dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for range maxUploads {
		if _, err := k.Begin(mine, Upload{Length: 5}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.Begin(mine, Upload{Length: 5}); aiqyn.KindOf(err) != aiqyn.TooMany {
		t.Errorf("one more upload: %v", err)
	}
	if _, err := k.Begin(other, Upload{Length: 5}); err != nil {
		t.Errorf("another case: %v", err)
	}
}

func TestErase(t *testing.T) {
	k := open(t)
	hash, kept := put(t, k, mine, random(10)), put(t, k, other, random(20))
	if _, err := k.Begin(mine, Upload{Length: 5}); err != nil {
		t.Fatal(err)
	}
	if err := k.Erase(mine.No); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open(mine, hash); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("still there: %v", err)
	}
	if err := k.Check(other, kept); err != nil {
		t.Errorf("another case's: %v", err)
	}
	if left := paths(t, k.dir); len(left) != 2 {
		t.Errorf("left: %v", left)
	}
}

func TestSweep(t *testing.T) {
	k := open(t)
	used, unused, erased := put(t, k, mine, random(10)), put(t, k, mine, random(20)), put(t, k, other, random(30))
	if _, err := k.Begin(mine, Upload{Length: 5}); err != nil {
		t.Fatal(err)
	}
	refers := func(no int64) (Case, []string, bool, error) {
		if no == mine.No {
			return mine, []string{used}, true, nil
		}
		return Case{}, nil, false, nil
	}
	if err := k.Sweep(time.Now().Add(-time.Hour), refers); err != nil {
		t.Fatal(err)
	}
	if !k.Has(mine, unused) || !k.Has(other, erased) {
		t.Error("swept what is new")
	}
	if err := k.Sweep(time.Now().Add(time.Hour), refers); err != nil {
		t.Fatal(err)
	}
	if !k.Has(mine, used) || k.Has(mine, unused) || k.Has(other, erased) {
		t.Error("swept otherwise")
	}
	if left := paths(t, k.dir); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

func TestCopy(t *testing.T) {
	k := open(t)
	hash := put(t, k, mine, random(3*chunkSize))
	to := filepath.Join(t.TempDir(), "copy")
	for range 2 {
		if err := k.Copy(to); err != nil {
			t.Fatal(err)
		}
	}
	there, err := Open(to)
	if err != nil {
		t.Fatal(err)
	}
	if err := there.Check(mine, hash); err != nil {
		t.Error(err)
	}
}

// TestMemoryStaysTheSame: a file of 64 MiB is kept, checked and read while the
// heap in use grows by less than 4 MiB.
func TestMemoryStaysTheSame(t *testing.T) {
	k, ctx := open(t), context.Background()
	grown := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before, most := grown(), int64(0)
	block, n := random(chunkSize), 0
	from := readerFunc(func(p []byte) (int, error) {
		if n++; n%128 == 0 {
			most = max(most, grown()-before)
		}
		if n > 1024 {
			return 0, io.EOF
		}
		return copy(p, block), nil
	})
	kept, err := k.Put(ctx, mine, Upload{}, MaxBytes, from, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Check(mine, kept.Hash); err != nil {
		t.Fatal(err)
	}
	if most = max(most, grown()-before); most > 4<<20 {
		t.Errorf("the heap grew by %d bytes for a file of %d", most, kept.Size)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// FuzzFile: whatever lies on the disk is what was kept, or an error.
func FuzzFile(f *testing.F) {
	k := open(f)
	hash := put(f, k, mine, []byte("a photograph"))
	path := k.path(mine, hash)
	sound, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound)
	f.Add(sound[:40])
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := read(k, mine, hash); err == nil && string(got) != "a photograph" {
			t.Errorf("read %q", got)
		}
	})
}
