package cluster

import (
	"os"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Done(m.Run())) }

// TestStandbyKeepsWhatWasCommitted kills a primary and goes on with its
// standby: what was committed is there.
func TestStandbyKeepsWhatWasCommitted(t *testing.T) {
	Installed(t)
	primary, err := Start("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	defer primary.Remove()
	standby, err := primary.Standby("second", "fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	defer standby.Remove()
	if err := primary.Set("synchronous_standby_names=second"); err != nil {
		t.Fatal(err)
	}
	if _, err := primary.Create("kept"); err != nil {
		t.Fatal(err)
	}
	if err := standby.Exec("CREATE DATABASE refused"); err == nil {
		t.Error("a standby was written to")
	}
	primary.Kill()
	if err := primary.Exec("SELECT 1"); err == nil {
		t.Fatal("the primary answers after it was killed")
	}
	if err := standby.Promote(); err != nil {
		t.Fatal(err)
	}
	if err := standby.Exec("CREATE DATABASE kept"); err == nil {
		t.Error("what was committed on the primary is not on its standby")
	}
	if err := standby.Exec("CREATE DATABASE later"); err != nil {
		t.Error(err)
	}
	if err := primary.Up(); err != nil {
		t.Errorf("started again: %v", err)
	}
	if err := primary.Rejoin(standby, "third", "fsync=off"); err != nil {
		t.Fatal(err)
	}
	if err := primary.Exec("CREATE DATABASE refused"); err == nil {
		t.Error("who was the primary is written to as a standby")
	}
	if err := standby.Set("synchronous_standby_names=third"); err != nil {
		t.Fatal(err)
	}
	if err := standby.Exec("CREATE DATABASE last"); err != nil {
		t.Error(err)
	}
	standby.Kill()
	if err := primary.Promote(); err != nil {
		t.Fatal(err)
	}
	if err := primary.Exec("CREATE DATABASE last"); err == nil {
		t.Error("what was committed after the first death did not outlive the second")
	}
}
