package schedule

// Kind says what the goroutine at a point is about to do, or what else can be
// chosen to happen.
type Kind uint8

// The kinds of points of goroutines, and the three kinds of steps that no
// goroutine takes: KindTimer, KindAction and KindDelay.
const (
	KindNone     Kind = iota
	KindStart         // begins
	KindResume        // goes on after a real wait, which is over
	KindSeam          // Point or Await
	KindGo            // has started a goroutine
	KindYield         // gave way
	KindSleep         // will sleep
	KindRand          // needs the seed of the woven generators
	KindSend          // will send, or wait for that
	KindRecv          // will receive, or wait for that
	KindClose         // will close a channel
	KindSelect        // will communicate, or wait for that
	KindBlock         // select{}
	KindLock          // will lock, shared with nobody
	KindRLock         // will lock for reading
	KindTryLock       // will lock if it can
	KindTryRLock      // will lock for reading if it can
	KindCondWait      // was signalled
	KindCondSignal
	KindCondBroadcast
	KindGroupAdd
	KindGroupWait
	KindOnce
	KindPoolGet
	KindPoolPut
	KindMapLoad
	KindMapStore
	KindMapLoadOrStore
	KindMapLoadAndDelete
	KindMapDelete
	KindMapSwap
	KindMapCompareAndSwap
	KindMapCompareAndDelete
	KindMapClear
	KindMapRange
	KindAtomicLoad
	KindAtomicStore
	KindAtomicUpdate // reads and writes in one
	KindLen          // asks how many values a channel holds
	KindTimer        // a timer, a ticker or a deadline that is due expires
	KindTimerStop    // will stop a timer or a ticker
	KindTimerReset   // will set one again
	KindContext      // asks whether a context is over
	KindCancel       // will cancel a context
	KindAction       // an action of a Source
	KindDelay        // virtual time passes although something is enabled
	kinds
)

// Access says what a step does with an object. Two steps that only read it, or
// one of which leaves it alone, can change places.
type Access uint8

const (
	// AccessNone leaves every object alone.
	AccessNone Access = iota
	// AccessRead changes nothing that another AccessRead of the object sees.
	AccessRead
	// AccessWrite changes the object, or depends on who came before.
	AccessWrite
	// AccessAny may do anything with any object.
	AccessAny
)

// String is "none", "read", "write" or "any".
func (a Access) String() string { return [...]string{"none", "read", "write", "any"}[a] }

// kindTable has the name of each kind in a trace and what a step does with
// the object of its point.
var kindTable = [kinds]struct {
	name   string
	access Access
}{
	KindNone:                {"", AccessNone},
	KindStart:               {"start", AccessNone},
	KindResume:              {"resume", AccessNone},
	KindSeam:                {"point", AccessAny},
	KindGo:                  {"go", AccessNone},
	KindYield:               {"yield", AccessNone},
	KindSleep:               {"sleep", AccessNone},
	KindRand:                {"rand", AccessWrite},
	KindSend:                {"send", AccessWrite},
	KindRecv:                {"recv", AccessWrite},
	KindClose:               {"close", AccessWrite},
	KindSelect:              {"select", AccessAny},
	KindBlock:               {"select{}", AccessNone},
	KindLock:                {"lock", AccessWrite},
	KindRLock:               {"rlock", AccessRead},
	KindTryLock:             {"trylock", AccessWrite},
	KindTryRLock:            {"tryrlock", AccessRead},
	KindCondWait:            {"cond.wait", AccessNone},
	KindCondSignal:          {"cond.signal", AccessWrite},
	KindCondBroadcast:       {"cond.broadcast", AccessWrite},
	KindGroupAdd:            {"wg.add", AccessWrite},
	KindGroupWait:           {"wg.wait", AccessWrite},
	KindOnce:                {"once", AccessRead},
	KindPoolGet:             {"pool.get", AccessWrite},
	KindPoolPut:             {"pool.put", AccessWrite},
	KindMapLoad:             {"map.load", AccessRead},
	KindMapStore:            {"map.store", AccessWrite},
	KindMapLoadOrStore:      {"map.loadorstore", AccessWrite},
	KindMapLoadAndDelete:    {"map.loadanddelete", AccessWrite},
	KindMapDelete:           {"map.delete", AccessWrite},
	KindMapSwap:             {"map.swap", AccessWrite},
	KindMapCompareAndSwap:   {"map.compareandswap", AccessWrite},
	KindMapCompareAndDelete: {"map.compareanddelete", AccessWrite},
	KindMapClear:            {"map.clear", AccessWrite},
	KindMapRange:            {"map.range", AccessRead},
	KindAtomicLoad:          {"atomic.load", AccessRead},
	KindAtomicStore:         {"atomic.store", AccessWrite},
	KindAtomicUpdate:        {"atomic.update", AccessWrite},
	KindLen:                 {"len", AccessRead},
	KindTimer:               {"timer", AccessWrite},
	KindTimerStop:           {"timer.stop", AccessWrite},
	KindTimerReset:          {"timer.reset", AccessWrite},
	KindContext:             {"context", AccessRead},
	KindCancel:              {"cancel", AccessWrite},
	KindAction:              {"action", AccessAny},
	KindDelay:               {"delay", AccessAny},
}

// String is the name of the kind in a trace, as "recv" or "wg.wait".
func (k Kind) String() string {
	if k < kinds {
		return kindTable[k].name
	}
	return "kind?"
}
