package passkey

import (
	"bytes"
	"errors"
	"testing"

	"aiqyn/passkey/practice"
)

const origin = "https://example.kz"

func party(t testing.TB) *Party {
	t.Helper()
	p, err := New("Aiqyn", origin)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// registered is a device with a key, and its owner.
func registered(t *testing.T, p *Party, id string) (*practice.Device, Owner) {
	t.Helper()
	o := Owner{ID: []byte(id), Name: "Айгүл С."}
	asked, err := p.Register(o)
	if err != nil {
		t.Fatal(err)
	}
	d := practice.New(origin)
	answer, err := d.Create(asked.Options)
	if err != nil {
		t.Fatal(err)
	}
	key, err := p.Registered(o, asked.Ceremony, answer)
	if err != nil {
		t.Fatal(err)
	}
	o.Keys = []Key{key}
	return d, o
}

func found(o Owner) func([]byte) (Owner, error) {
	return func(id []byte) (Owner, error) {
		for _, k := range o.Keys {
			if bytes.Equal(k.ID, id) {
				return o, nil
			}
		}
		return Owner{}, ErrUnknown
	}
}

// use asks for a key and has the device answer.
func use(t *testing.T, p *Party, d *practice.Device, o Owner) (Key, error) {
	t.Helper()
	asked, err := p.Ask()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Get(asked.Options)
	if err != nil {
		t.Fatal(err)
	}
	_, key, err := p.Answered(asked.Ceremony, answer, found(o))
	return key, err
}

func TestAPasskeyIsMadeAndUsed(t *testing.T) {
	p := party(t)
	d, o := registered(t, p, "account-1")
	for range 2 {
		key, err := use(t, p, d, o)
		if err != nil {
			t.Fatal(err)
		}
		o.Keys = []Key{key}
	}
	asked, err := p.AskOwner(o)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Get(asked.Options)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Answered(asked.Ceremony, answer, found(o)); err != nil {
		t.Errorf("asked for one owner's: %v", err)
	}
	if _, err := p.AskOwner(Owner{ID: []byte("x")}); !errors.Is(err, ErrUnknown) {
		t.Errorf("an owner without keys: %v", err)
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	p := party(t)
	d, o := registered(t, p, "account-1")
	other, theirs := registered(t, p, "account-2")

	away := d.Clone()
	away.Origin = "https://example.kz.evil.example"
	if _, err := use(t, p, away, o); err == nil {
		t.Error("a page elsewhere")
	}
	if _, err := use(t, p, other, o); !errors.Is(err, ErrUnknown) {
		t.Errorf("a key that nobody has: %v", err)
	}
	disguised := other.Clone()
	disguised.Disguise(o.ID)
	if _, err := use(t, p, disguised, theirs); err == nil {
		t.Error("a key of one that says it is another's")
	}

	first, err := p.Ask()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := d.Clone().Get(first.Options)
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.Ask()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Answered(second.Ceremony, answer, found(o)); err == nil {
		t.Error("the answer to another challenge")
	}
	asked, err := p.AskOwner(theirs)
	if err != nil {
		t.Fatal(err)
	}
	if answer, err = d.Clone().Get(asked.Options); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Answered(asked.Ceremony, answer, found(o)); err == nil {
		t.Error("somebody else's key where one's own was asked for")
	}

	copied := d.Clone()
	key, err := use(t, p, d, o)
	if err != nil {
		t.Fatal(err)
	}
	o.Keys = []Key{key}
	if _, err := use(t, p, copied, o); !errors.Is(err, ErrCloned) {
		t.Errorf("a copy of the key: %v", err)
	}
	if _, _, err := p.Answered(first.Ceremony, make([]byte, MaxAnswer+1), found(o)); err == nil {
		t.Error("an answer too large")
	}
}

func TestOriginsThatCanHavePasskeys(t *testing.T) {
	for o, ok := range map[string]bool{
		"https://example.kz": true, "http://localhost:8080": true, "http://example.kz": false, "https://192.0.2.1": false, "https://[::1]": false,
		"https://example.kz/path": false, "example.kz": false, "": false,
	} {
		if _, err := New("Aiqyn", o); (err == nil) != ok {
			t.Errorf("%q: %v", o, err)
		}
	}
	if _, err := New("Aiqyn"); err == nil {
		t.Error("no origin at all")
	}
}

// FuzzAnswer: whatever a browser sends is refused or taken, and nothing else.
func FuzzAnswer(f *testing.F) {
	p := party(f)
	o := Owner{ID: []byte("account-1"), Name: "Айгүл С."}
	asked, err := p.Register(o)
	if err != nil {
		f.Fatal(err)
	}
	made, err := practice.New(origin).Create(asked.Options)
	if err != nil {
		f.Fatal(err)
	}
	key, err := p.Registered(o, asked.Ceremony, made)
	if err != nil {
		f.Fatal(err)
	}
	o.Keys = []Key{key}
	again, err := p.Ask()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(made)
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{}}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		if k, err := p.Registered(o, asked.Ceremony, answer); err == nil && len(k.ID) == 0 {
			t.Error("a key without a name")
		}
		if _, _, err := p.Answered(again.Ceremony, answer, found(o)); err == nil {
			t.Error("a signature that no device has made")
		}
	})
}
