package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// inForceAgain makes again, from the entries that were read, what a difference says of
// what was in force and of acts, and puts it into one that is made again. Differences of
// logs from before say nothing of it, and have no salt where they are withheld; once there
// is one that does, each does.
func (a *auditor) inForceAgain(again, said *CapacityDifference, before, ev *event, is *publication) error {
	if said.InForce == nil {
		if a.inForceSince != 0 && ev.index > a.inForceSince {
			return fmt.Errorf("it does not say what was in force")
		}
		return nil
	}
	if withheld := ev.data.(*capacityPublished).Public != ""; withheld != (said.Salt != "") || withheld != (is.Salt != "") {
		return fmt.Errorf("what is withheld could be found by its hash")
	}
	again.Salt = said.Salt
	if a.inForceSince == 0 || ev.index < a.inForceSince {
		a.inForceSince = ev.index
	}
	again.inForceFrom(gridActsOf(a.figures.acts, again.From.Position, again.Position, a.Zone), day(before.at, a.Zone))
	for i, act := range again.Acts {
		if i >= len(said.Acts) || !sameText(act, said.Acts[i]) {
			return fmt.Errorf("it does not say what entry %d, %s, has done", act.Entry, act.Kind)
		}
	}
	if len(said.Acts) > len(again.Acts) {
		return fmt.Errorf("it says of entry %d what that has not done", said.Acts[len(again.Acts)].Entry)
	}
	if !sameText(again.InForce, said.InForce) {
		return fmt.Errorf("what it says was in force was not")
	}
	return nil
}

// sameText reports whether two of one kind are published alike.
func sameText(x, y any) bool {
	a, errA := json.Marshal(x)
	b, errB := json.Marshal(y)
	return errA == nil && errB == nil && bytes.Equal(a, b)
}
