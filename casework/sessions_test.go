package casework

import (
	"bytes"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/registry"
	"aiqyn/store"
)

func (r *rig) signedIn(token string) bool {
	r.t.Helper()
	_, err := r.Session(r.t.Context(), token)
	if err != nil && aiqyn.KindOf(err) != aiqyn.Unauthenticated {
		r.t.Fatal(err)
	}
	return err == nil
}

// TestSessionsEnd: by themselves when idle and after their life, and when their
// owner says so, one by one or all but the one in hand.
func TestSessionsEnd(t *testing.T) {
	r := signRig(t)
	idle := r.signIn()
	r.pass(sessionIdle - time.Second)
	if !r.signedIn(idle) {
		t.Error("just before it has been idle too long")
	}
	r.pass(sessionIdle)
	if r.signedIn(idle) {
		t.Error("two hours without use")
	}
	old := r.signIn()
	for range 12 {
		r.pass(sessionLife / 13)
		if !r.signedIn(old) {
			t.Fatal("a session in use")
		}
	}
	r.pass(sessionLife/13 + time.Second)
	if r.signedIn(old) {
		t.Error("twelve hours, however much it is used")
	}
	var tokens []string
	for range 3 {
		tokens = append(tokens, r.signIn())
		r.pass(codeEvery)
	}
	list, err := r.Sessions(t.Context(), tokens[0])
	if err != nil || len(list) != 3 || !list[2].Current || list[0].Current {
		t.Fatalf("%+v, %v", list, err)
	}
	if err := r.EndSession(t.Context(), tokens[0], list[0].Handle); err != nil || r.signedIn(tokens[2]) || !r.signedIn(tokens[1]) {
		t.Errorf("ending one: %v", err)
	}
	if err := r.EndSession(t.Context(), tokens[0], ""); err != nil || r.signedIn(tokens[1]) || !r.signedIn(tokens[0]) {
		t.Errorf("ending all others: %v", err)
	}
}

// TestNobodyEndsAnothersSession: a handle is good in its own account only.
func TestNobodyEndsAnothersSession(t *testing.T) {
	r := signRig(t)
	token := r.signIn()
	mine, err := r.Session(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.PutAccount(t.Context(), Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Phone: "+77000000001"}); err != nil {
		t.Fatal(err)
	}
	attempt, err := r.SendCode(t.Context(), "+77000000001", "kk")
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Messages(t.Context(), "+77000000001", 1)
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := r.SignIn(t.Context(), attempt, "+77000000001", list[0].Args["code"].(string), Client{})
	if err != nil {
		t.Fatal(err)
	}
	for _, handle := range []string{mine.Handle, ""} {
		if err := r.EndSession(t.Context(), other, handle); err != nil || !r.signedIn(token) {
			t.Errorf("%q ended another's session: %v", handle, err)
		}
	}
}

// TestTheTokenChanges: at sign-in the one before ends, at a second proof it is
// replaced; the database holds no token that opens anything.
func TestTheTokenChanges(t *testing.T) {
	r := signRig(t)
	planted := r.signIn()
	r.pass(codeEvery)
	attempt, code := r.attempt()
	token, _, err := r.SignIn(t.Context(), attempt, phone, code, Client{Before: planted})
	if err != nil || r.signedIn(planted) {
		t.Fatalf("the session before goes on: %v", err)
	}
	r.pass(time.Second)
	proof, err := r.SendProof(t.Context(), token, "kk")
	if err != nil {
		t.Fatal(err)
	}
	next, s, err := r.Prove(t.Context(), token, proof, r.told("message.proof"))
	if err != nil || next == token || !s.Fresh(r.clock()) || s.ProvenBy != aiqyn.ByCode {
		t.Fatalf("%+v, %v", s, err)
	}
	if r.signedIn(token) || !r.signedIn(next) {
		t.Error("the token before a second proof still opens the session")
	}
	if !store.OnServer(r.url) {
		r.raw(`PRAGMA wal_checkpoint(TRUNCATE)`)
	}
	for _, secret := range []string{next, token, proof, phone} {
		if bytes.Contains(r.bytes(), []byte(secret)) && secret != phone { // the register of people tells the number
			t.Errorf("the database holds %q", secret)
		}
	}
	r.pass(proofLife)
	if s, err := r.Session(t.Context(), next); err != nil || s.Fresh(r.clock()) || s.Actor.Assurance != aiqyn.ByCode {
		t.Errorf("a proof does not last: %+v, %v", s, err)
	}
}

// TestProofsAreTheSessionsOwn: a code for signing in proves nothing more, nor
// does one that was sent to another session; guessing ends as everywhere.
func TestProofsAreTheSessionsOwn(t *testing.T) {
	r := signRig(t)
	one := r.signIn()
	r.pass(codeEvery)
	two := r.signIn()
	r.pass(codeEvery)
	attempt, code := r.attempt()
	if _, _, err := r.Prove(t.Context(), one, attempt, code); keyOf(err) != "error.code-wrong" {
		t.Errorf("a code for signing in: %v", err)
	}
	r.pass(time.Second)
	proof, err := r.SendProof(t.Context(), two, "kk")
	if err != nil {
		t.Fatal(err)
	}
	told := r.told("message.proof")
	if _, _, err := r.Prove(t.Context(), one, proof, told); keyOf(err) != "error.code-wrong" {
		t.Errorf("another session's code: %v", err)
	}
	if _, _, err := r.enter(proof, told); keyOf(err) != "error.code-wrong" {
		t.Errorf("a proof signs in: %v", err)
	}
	for range codeTries {
		r.Prove(t.Context(), two, proof, otherCode(told, 0))
	}
	if _, _, err := r.Prove(t.Context(), two, proof, told); keyOf(err) != "error.code-tries" {
		t.Errorf("the right one after guessing: %v", err)
	}
}

// TestANumberGivenToAnother: whoever gets a number from the operator gets no
// account with it. The register of people says whose it is; where it says
// nothing, a number that nobody used for half a year opens nothing.
func TestANumberGivenToAnother(t *testing.T) {
	for name, c := range map[string]struct {
		registered string // by the register; "-": no such person
		after      time.Duration
		want       string
	}{
		"still theirs":                 {phone, 400 * 24 * time.Hour, ""},
		"given to another":             {"+77009999999", time.Hour, "error.number-moved"},
		"register silent, in use":      {"-", numberRests, ""},
		"register silent, long unused": {"-", numberRests + time.Hour, "error.number-moved"},
	} {
		t.Run(name, func(t *testing.T) {
			r := signRig(t)
			r.raw(`DELETE FROM register_row WHERE register = $1`, registry.PeopleRegister)
			if c.registered != "-" {
				r.register(registry.PeopleRegister, string(holder), registry.Person{IIN: holder, Phone: c.registered})
			}
			r.pass(c.after)
			if _, _, err := r.enter(r.attempt()); keyOf(err) != c.want {
				t.Errorf("got %q, want %q", keyOf(err), c.want)
			}
		})
	}
}

// TestNobodyIsAnOfficerByThemselves: who may act for a body is on the list, and
// what the list says now holds, also in a session begun before. It gives nobody another role
// or body than their account has.
func TestNobodyIsAnOfficerByThemselves(t *testing.T) {
	r := signRig(t)
	a := Account{Actor: aiqyn.Actor{Role: aiqyn.RoleHead, Officer: "engineer-71", Body: "elsewhere"}, Phone: unknown}
	if err := r.PutAccount(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	sign := func() (string, Session, error) {
		r.pass(codeEvery)
		return r.signInBy(unknown)
	}
	if _, _, err := sign(); keyOf(err) != "error.not-an-officer" {
		t.Errorf("who is not on the list: %v", err)
	}
	r.listedAt("elsewhere", aiqyn.RoleHead, "engineer-71")
	token, s, err := sign()
	if err != nil || s.Actor.Role != aiqyn.RoleHead || s.Actor.Body != "elsewhere" {
		t.Fatalf("%+v, %v", s.Actor, err)
	}
	for _, other := range []struct {
		role aiqyn.Role
		body aiqyn.BodyID
	}{{aiqyn.RoleOverseer, "elsewhere"}, {aiqyn.RoleHead, "utility"}} {
		r.listedAt(other.body, other.role, "engineer-71")
		if _, _, err := sign(); keyOf(err) != "error.not-an-officer" || r.signedIn(token) {
			t.Errorf("whose row says %v is in: %v", other, err)
		}
	}
	r.listedAt("elsewhere", aiqyn.RoleHead, "engineer-71")
	if !r.signedIn(token) {
		t.Error("who is on the list again is out")
	}
	r.raw(`DELETE FROM officer`)
	if r.signedIn(token) {
		t.Error("who has been taken off the list is still in")
	}
}

// TestRowsOfAnotherOpenNothing: whoever may write the database and does not hold the keys
// points their own session, token or number at another's account, and is nobody.
func TestRowsOfAnotherOpenNothing(t *testing.T) {
	const theirs = `(SELECT id FROM account WHERE subject <> $1)`
	for name, change := range map[string]func(r *rig, mine, other string, me []byte) string{
		"my session": func(r *rig, mine, _ string, me []byte) string {
			r.raw(`UPDATE session SET account = `+theirs+` WHERE account = (SELECT id FROM account WHERE subject = $1)`, me)
			return mine
		},
		"their session": func(r *rig, mine, other string, _ []byte) string {
			r.raw(`DELETE FROM session WHERE token = $1`, tokenHash(mine))
			r.raw(`UPDATE session SET token = $1 WHERE token = $2`, tokenHash(mine), tokenHash(other))
			return mine
		},
		"my number": func(r *rig, _, _ string, me []byte) string {
			r.raw(`UPDATE number SET account = `+theirs+` WHERE account = (SELECT id FROM account WHERE subject = $1)`, me)
			r.pass(codeEvery)
			attempt, err := r.SendCode(r.t.Context(), phone, "kk")
			if err != nil {
				r.t.Fatal(err)
			}
			token, _, _ := r.enter(attempt, r.told("message.code"))
			return token
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := signRig(t)
			if err := r.PutAccount(t.Context(), Account{Actor: aiqyn.Actor{Role: aiqyn.RoleApplicant, Person: stranger}, Name: "Арман", Phone: unknown, Lang: "kk"}); err != nil {
				t.Fatal(err)
			}
			r.register(registry.PeopleRegister, string(stranger), registry.Person{IIN: stranger, Phone: unknown})
			mine := r.signIn()
			other, _, err := r.signInBy(unknown)
			if err != nil {
				t.Fatal(err)
			}
			if token := change(r, mine, other, r.keys.hash("subject", "person/"+string(holder))); r.signedIn(token) {
				t.Error("it opens the account of another")
			}
		})
	}
}

// TestSessionsOfBeforeEnd: what a program sealed before sessions were bound to their rows is
// nobody's, since nothing says whose it was; it is no failure, it is not in the list, and who
// signs in again is who they were.
func TestSessionsOfBeforeEnd(t *testing.T) {
	r := signRig(t)
	token := r.signIn()
	row, ok, err := r.db.Session(t.Context(), tokenHash(token), r.Clock(), r.Clock().Add(-sessionIdle))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	before := seal(r.keys.system.gcm, []byte(`{"address":"203.0.113.7","agent":"Firefox","known":"code"}`), []byte("session/"+row.ID))
	r.raw(`UPDATE session SET sealed = $1 WHERE token = $2`, before, tokenHash(token))
	if _, err := r.Session(t.Context(), token); aiqyn.KindOf(err) != aiqyn.Unauthenticated {
		t.Errorf("a session of before: %v", err)
	}
	r.pass(codeEvery)
	again := r.signIn()
	if s, err := r.Session(t.Context(), again); err != nil || s.Actor.Person != holder {
		t.Errorf("%+v, %v", s, err)
	}
	if list, err := r.Sessions(t.Context(), again); err != nil || len(list) != 1 {
		t.Errorf("%d sessions, %v", len(list), err)
	}
}

// TestAccountsOfBefore: one that was sealed under its number signs in once more
// and has an id from then on.
func TestAccountsOfBefore(t *testing.T) {
	r := newRig(t)
	plain := []byte(`{"Actor":{"person":"` + string(holder) + `","role":"applicant"},"Name":"A","Phone":"` + phone + `","Lang":"kk"}`)
	sealed := seal(r.keys.system.gcm, plain, []byte("account/"+phone))
	r.raw(`INSERT INTO account_by_phone (phone, sealed) VALUES ($1, $2)`, r.keys.hash("phone", phone), sealed)
	for range 2 {
		token := r.signIn()
		if s, err := r.Session(t.Context(), token); err != nil || s.Actor.Person != holder || s.ID == "" {
			t.Errorf("%+v, %v", s, err)
		}
		r.pass(codeEvery)
	}
	if sealed, err := r.db.AccountByPhone(t.Context(), r.keys.hash("phone", phone)); err != nil || sealed != nil {
		t.Errorf("the old row stays: %x, %v", sealed, err)
	}
}
