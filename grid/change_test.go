package grid

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"aiqyn"
)

// TestChangesMakeTheNetwork: networks that are published as what they change of one
// another come to the same bytes and hash as whole ones, whatever grew, shrank, went
// to nothing or came to a busbar that had none, and are small where little changed.
func TestChangesMakeTheNetwork(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		base := randomNetwork(seed, 3, 4, 8)
		base.Loads = base.Loads[:len(base.Loads)-8] // one transformer feeds nothing
		m, err := Compile(base)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{base.Hash(): base.Encode()}
		find := func(hash string) ([]byte, error) { return files[hash], nil }
		var peaks []Peak
		for _, p := range m.Nameplates() {
			peaks = append(peaks, Peak{p.Trafo, int64(1000 * r.IntN(300))})
		}
		was := base.Hash()
		for day := range 12 {
			i := r.IntN(len(peaks))
			peaks[i].Watt = int64(1000 * r.IntN(2) * r.IntN(300))
			want, err := base.Measured(m, peaks, DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			old, changes, err := ReadSnapshot(files[was], find)
			if err != nil || changes > day {
				t.Fatal(changes, err)
			}
			data := want.ChangeFrom(old, was).Encode()
			got, _, err := ReadSnapshot(data, find)
			if err != nil || !bytes.Equal(got.Encode(), want.Encode()) || got.Hash() != want.Hash() {
				t.Fatalf("seed %d day %d: %v, %s", seed, day, err, data)
			}
			if day > 0 && len(data)*4 > len(want.Encode()) {
				t.Errorf("seed %d day %d: %d bytes of %d changed with one peak", seed, day, len(data), len(want.Encode()))
			}
			if was = want.Hash(); files[was] == nil {
				files[was] = data
			}
		}
	}
}

// TestChangesRefused: what is no change of a network that is there is refused, with what
// is wrong of it.
func TestChangesRefused(t *testing.T) {
	base := twoStations()
	files := map[string]string{"base": string(base.Encode()), "loop": `{"from":"loop","loads":[],"none":[]}`, "text": "loads"}
	for text, kind := range map[string]aiqyn.ErrorKind{
		`{"from":"base","loads":[],"none":[]`:                                                             aiqyn.Invalid,
		`{"from":"base","loads":[],"none":[]} {}`:                                                         aiqyn.Invalid,
		`{"from":"base","lines":[],"loads":[],"none":[]}`:                                                 aiqyn.Invalid,
		`{"from":"base","loads":[{"bus":99,"p_kw":1,"q_kvar":0}],"none":[]}`:                              aiqyn.Invalid,
		`{"from":"base","loads":[{"bus":2,"p_kw":1e9,"q_kvar":0}],"none":[]}`:                             aiqyn.Invalid,
		`{"from":"base","loads":[{"bus":2,"kind":"?","p_kw":1,"q_kvar":0}],"none":[]}`:                    aiqyn.Invalid,
		`{"from":"loop","loads":[],"none":[]}`:                                                            aiqyn.Invalid,
		`{"from":"text","loads":[],"none":[]}`:                                                            aiqyn.Invalid,
		`{"from":"elsewhere","loads":[],"none":[]}`:                                                       aiqyn.NotFound,
		`{"from":"base","loads":[],"none":[5,2]}`:                                                         aiqyn.Invalid,
		`{"from":"base","loads":[{"bus":2,"p_kw":1,"q_kvar":0}],"none":[2]}`:                              aiqyn.Invalid,
		`{"from":"base","loads":[{"bus":3,"p_kw":1,"q_kvar":0},{"bus":2,"p_kw":1,"q_kvar":0}],"none":[]}`: aiqyn.Invalid,
	} {
		_, _, err := ReadSnapshot([]byte(text), func(hash string) ([]byte, error) {
			if f, ok := files[hash]; ok {
				return []byte(f), nil
			}
			return nil, nil
		})
		if aiqyn.KindOf(err) != kind {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzReadSnapshot: whatever is said to change of a network, an error that can be shown,
// or a network that comes back the same when it is written whole.
func FuzzReadSnapshot(f *testing.F) {
	base := twoStations()
	f.Add([]byte(`{"from":"base","loads":[{"bus":2,"p_kw":1,"q_kvar":0}],"none":[5]}`))
	f.Add([]byte(`{"from":"base","loads":[{"bus":6,"p_kw":1,"q_kvar":0,"kind":"current"},{"bus":6,"p_kw":-1,"q_kvar":0}],"none":[3]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, changes, err := ReadSnapshot(data, func(string) ([]byte, error) { return base.Encode(), nil })
		if err != nil {
			if k := aiqyn.KindOf(err); k != aiqyn.Invalid && k != aiqyn.TooLarge {
				t.Fatalf("%v", err)
			}
			return
		}
		if changes == 0 {
			return
		}
		again, err := Read(n.Encode())
		if err != nil || again.Hash() != n.Hash() {
			t.Fatalf("%v\n%s", err, n.Encode())
		}
		if c := n.ChangeFrom(base, "base").Of(base); c.Hash() != n.Hash() {
			t.Fatalf("what changed does not come to it: %s", n.Encode())
		}
	})
}
