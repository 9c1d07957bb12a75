package casework

import (
	"context"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/passkey"
	"aiqyn/passkey/practice"
)

const siteOrigin = "https://aiqyn.example"

// withPasskeys lets the rig take passkeys.
func withPasskeys(c *Config) {
	var err error
	if c.Passkeys, err = passkey.New("Aiqyn", siteOrigin); err != nil {
		panic(err)
	}
}

// keyRig is a rig with an account whose owner is signed in and has proved it.
func keyRig(t *testing.T) (*rig, string) {
	t.Helper()
	r := newRig(t, withPasskeys)
	a := Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: holder}, Name: "Айгүл", Phone: phone, Lang: "kk"}
	if err := r.PutAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	return r, r.prove(r.signIn())
}

// prove gives a session its second proof, by a code.
func (r *rig) prove(token string) string {
	r.t.Helper()
	r.pass(time.Second)
	proof, err := r.SendProof(r.t.Context(), token, "kk")
	if err != nil {
		r.t.Fatal(err)
	}
	next, _, err := r.Prove(r.t.Context(), token, proof, r.told("message.proof"))
	if err != nil {
		r.t.Fatal(err)
	}
	return next
}

// device registers a new device with the token's account.
func (r *rig) device(token, name string) *practice.Device {
	r.t.Helper()
	asked, err := r.AskNewPasskey(r.t.Context(), token)
	if err != nil {
		r.t.Fatal(err)
	}
	d := practice.New(siteOrigin)
	answer, err := d.Create([]byte(asked.Options))
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.RegisterPasskey(r.t.Context(), token, r.id(), asked.Ceremony, string(answer), name); err != nil {
		r.t.Fatal(err)
	}
	return d
}

// answerSignIn has a device answer a sign-in.
func (r *rig) answerSignIn(d *practice.Device) (ceremony, answer string) {
	r.t.Helper()
	asked, err := r.AskPasskey()
	if err != nil {
		r.t.Fatal(err)
	}
	b, err := d.Get([]byte(asked.Options))
	if err != nil {
		r.t.Fatal(err)
	}
	return asked.Ceremony, string(b)
}

// TestAPersonSignsInByPasskey as they live it: they add one, sign in with it, act
// without a code, find it in their record, remove it, and it opens nothing more.
func TestAPersonSignsInByPasskey(t *testing.T) {
	r, token := keyRig(t)
	ctx := t.Context()
	d := r.device(token, "  Менің   телефоным ")
	list, err := r.Passkeys(ctx, token)
	if err != nil || len(list) != 1 || list[0].Name != "Менің телефоным" || !list[0].Used.IsZero() {
		t.Fatalf("%+v, %v", list, err)
	}
	r.toldAlso("message.passkey-added")
	r.pass(time.Hour)

	ceremony, answer := r.answerSignIn(d)
	other, s, err := r.SignInByPasskey(ctx, ceremony, answer, Client{Agent: "Chrome"})
	if err != nil || s.Actor.Person != holder || s.Actor.Assurance != aiqyn.ByPasskey || !s.Fresh(r.clock()) {
		t.Fatalf("%+v, %v", s, err)
	}
	if list, err = r.Passkeys(ctx, other); err != nil || !list[0].Used.Equal(r.clock()) {
		t.Errorf("%+v, %v", list, err)
	}

	r.pass(proofLife)
	asked, err := r.AskPasskeyProof(ctx, other)
	if err != nil || asked.Options == "" {
		t.Fatal(asked, err)
	}
	proof, err := d.Get([]byte(asked.Options))
	if err != nil {
		t.Fatal(err)
	}
	next, s, err := r.ProveByPasskey(ctx, other, asked.Ceremony, string(proof))
	if err != nil || next == other || !s.Fresh(r.clock()) || s.ProvenBy != aiqyn.ByPasskey || r.signedIn(other) {
		t.Fatalf("%+v, %v", s, err)
	}

	ceremony, answer = r.answerSignIn(d)
	if err := r.DropPasskey(ctx, next, r.id(), list[0].Handle); err != nil {
		t.Fatal(err)
	}
	_, _, err = r.SignInByPasskey(ctx, ceremony, answer, Client{})
	r.refused(err, "error.passkey-refused")

	record, err := r.AccountActs(ctx, s.Actor, Page{})
	if err != nil || len(record.Items) != 2 || record.Items[0].Kind != EventPasskeyRemoved || record.Items[1].Kind != EventPasskeyAdded ||
		record.Items[1].Name != "Менің телефоным" || record.Items[0].Known != aiqyn.ByPasskey {
		t.Fatalf("%+v, %v", record, err)
	}
	first, err := r.AccountActs(ctx, s.Actor, Page{Limit: 1})
	if err != nil || len(first.Items) != 1 || first.Next == "" {
		t.Fatalf("%+v, %v", first, err)
	}
	rest, err := r.AccountActs(ctx, s.Actor, Page{Limit: 1, After: first.Next})
	if err != nil || len(rest.Items) != 1 || rest.Items[0].Kind != EventPasskeyAdded {
		t.Errorf("%+v, %v", rest, err)
	}
	receipt, err := r.Receipt(ctx, s.Actor, record.Items[1].Index)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{string(holder), "телефоным", "Айгүл"} {
		if strings.Contains(string(receipt), secret) {
			t.Errorf("the receipt names %q", secret)
		}
	}
	if _, err := r.Receipt(ctx, aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, record.Items[1].Index); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("a stranger reads another's record: %v", err)
	}
	r.wantClean()
}

// toldAlso looks for a letter among the newest.
func (r *rig) toldAlso(key string) {
	r.t.Helper()
	list, err := r.Messages(r.t.Context(), phone, 5)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, m := range list {
		if m.Key == key {
			return
		}
	}
	r.t.Errorf("no %s among %+v", key, list)
}

func (r *rig) refused(err error, key string) {
	r.t.Helper()
	if e, ok := err.(*aiqyn.Error); !ok || e.Key != key {
		r.t.Errorf("got %v, want %s", err, key)
	}
}

// TestPasskeysThatAreRefused: each way of getting in with what is not one's own,
// or not now.
func TestPasskeysThatAreRefused(t *testing.T) {
	r, token := keyRig(t)
	ctx := t.Context()
	d := r.device(token, "phone")
	try := func(d *practice.Device) error {
		ceremony, answer := r.answerSignIn(d)
		_, _, err := r.SignInByPasskey(ctx, ceremony, answer, Client{})
		return err
	}
	away := d.Clone()
	away.Origin = "https://aiqyn.example.evil.test"
	r.refused(try(away), "error.passkey-refused")

	ceremony, answer := r.answerSignIn(d)
	if _, _, err := r.SignInByPasskey(ctx, ceremony, answer, Client{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.SignInByPasskey(ctx, ceremony, answer, Client{}); err == nil {
		t.Error("the same answer twice")
	}
	ceremony, answer = r.answerSignIn(d)
	r.pass(ceremonyLife)
	_, _, err := r.SignInByPasskey(ctx, ceremony, answer, Client{})
	r.refused(err, "error.passkey-expired")
	_, _, err = r.SignInByPasskey(ctx, ceremony[1:]+"A", answer, Client{})
	r.refused(err, "error.passkey-refused")

	copied := d.Clone()
	if err := try(d); err != nil {
		t.Fatal(err)
	}
	copied.Count--
	r.refused(try(copied), "error.passkey-cloned")

	strangers := practice.New(siteOrigin)
	asked, err := r.AskNewPasskey(ctx, r.prove(r.signInAgain()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := strangers.Create([]byte(asked.Options)); err != nil { // and never sent
		t.Fatal(err)
	}
	r.refused(try(strangers), "error.passkey-refused")
}

// signInAgain waits until another code may be sent.
func (r *rig) signInAgain() string { r.pass(codeEvery); return r.signIn() }

// TestAPasskeyProvesItsOwnerOnly: another person's device gives no second proof in
// one's session, an answer is good in its own session and for its own purpose only,
// and nobody removes another's key.
func TestAPasskeyProvesItsOwnerOnly(t *testing.T) {
	r, token := keyRig(t)
	ctx := context.Background()
	mine := r.device(token, "mine")
	const theirPhone = "+77000000001"
	if err := r.PutAccount(ctx, Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Name: "Б", Phone: theirPhone, Lang: "ru"}); err != nil {
		t.Fatal(err)
	}
	theirs := r.provenAs(theirPhone)
	other := r.device(theirs, "theirs")
	if err := r.RegisterPasskey(ctx, theirs, r.id(), "x", "{}", "n"); err == nil {
		t.Error("a ceremony that nobody began")
	}

	asked, err := r.AskPasskeyProof(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := other.Get([]byte(asked.Options))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = r.ProveByPasskey(ctx, token, asked.Ceremony, string(answer))
	r.refused(err, "error.passkey-refused")
	if answer, err = mine.Get([]byte(asked.Options)); err != nil {
		t.Fatal(err)
	}
	_, _, err = r.ProveByPasskey(ctx, theirs, asked.Ceremony, string(answer))
	r.refused(err, "error.passkey-refused")
	_, _, err = r.SignInByPasskey(ctx, asked.Ceremony, string(answer), Client{})
	r.refused(err, "error.passkey-refused")

	list, err := r.Passkeys(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.DropPasskey(ctx, theirs, r.id(), list[0].Handle); aiqyn.KindOf(err) != aiqyn.NotFound {
		t.Errorf("another's key is removed: %v", err)
	}
	r.pass(proofLife)
	_, err = r.AskNewPasskey(ctx, token)
	r.refused(err, "error.proof-needed")
	r.refused(r.DropPasskey(ctx, token, r.id(), list[0].Handle), "error.proof-needed")
}

// provenAs signs somebody in by their number and proves it again.
func (r *rig) provenAs(number string) string {
	r.t.Helper()
	ctx := r.t.Context()
	code := func() string {
		list, err := r.Messages(ctx, number, 1)
		if err != nil || len(list) == 0 {
			r.t.Fatal(list, err)
		}
		return list[0].Args["code"].(string)
	}
	attempt, err := r.SendCode(ctx, number, "kk")
	if err != nil {
		r.t.Fatal(err)
	}
	token, _, err := r.SignIn(ctx, attempt, number, code(), Client{})
	if err != nil {
		r.t.Fatal(err)
	}
	r.pass(time.Second)
	proof, err := r.SendProof(ctx, token, "kk")
	if err != nil {
		r.t.Fatal(err)
	}
	if token, _, err = r.Prove(ctx, token, proof, code()); err != nil {
		r.t.Fatal(err)
	}
	return token
}

// TestAPlantedPasskeyIsFound: whoever can write into the database and adds a key,
// or takes one away, is named by the audit; the key opens nothing.
func TestAPlantedPasskeyIsFound(t *testing.T) {
	r, token := keyRig(t)
	r.device(token, "phone")
	r.wantClean()
	r.raw(`INSERT INTO passkey (id, account, sealed, made, used) SELECT $1, account, sealed, made, used FROM passkey`, []byte{0})
	r.auditFinds("no entry says since when")
	r.raw(`DELETE FROM passkey`)
	r.auditFinds("no entry says by whom")
}

// auditFinds expects an audit to say something.
func (r *rig) auditFinds(what string) {
	r.t.Helper()
	r.auditOf(r.auditConfig(), what)
}

// auditOf expects an audit that is told more, or less, to say something.
func (r *rig) auditOf(cfg AuditConfig, what string) {
	r.t.Helper()
	report, err := Audit(r.t.Context(), cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range report.Problems {
		if strings.Contains(p.What, what) {
			return
		}
	}
	r.t.Errorf("%q is not among %+v", what, report.Problems)
}
