//! The thread that connections run on beside many targets. A server that sends without end can keep it busy, and not the
//! threads that watch the time.

use std::sync::LazyLock;

use tokio::runtime::{Builder, EnterGuard, Handle, Runtime, RuntimeFlavor};

static CONNECTIONS: LazyLock<Option<Runtime>> = LazyLock::new(|| {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).thread_name("connections").enable_all().build().ok()
});

/// Lets what is polled until the guard is dropped open its connections on that thread. One target alone has none: its
/// connection is the only one that could keep it waiting.
pub(super) fn enter() -> Option<EnterGuard<'static>> {
    let is_one = Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread;
    if is_one { None } else { CONNECTIONS.as_ref().map(Runtime::enter) }
}

/// Waits until the tasks of the connections that are ready now have run.
pub(super) async fn settle() {
    let _ = tokio::spawn(async {}).await;
}
