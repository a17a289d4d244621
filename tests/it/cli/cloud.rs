//! Runs the program against the clouds under their own names: by TLS, through a proxy that the environment names.

use std::process::Command;

use super::run::{Ended, Home, finish, set_credential};
use crate::fake_cloud::FakeCloud;
use crate::services::{Identity, identities};

impl FakeCloud {
    /// Returns a command that reaches this cloud, trusts it, and knows the credential of every owner and a region of
    /// every cloud that has no default.
    pub fn command(&self, home: &Home, arguments: &str) -> Command {
        let mut command = home.command(arguments);
        self.reach(&mut command, home);
        for cloud in crate::cloud_ids() {
            identify(&mut command, cloud, identities(cloud).unwrap().owner);
        }
        let infos = keyimport::provider::ALL.iter().map(|cloud| cloud.info());
        for info in infos.filter(|info| info.default_region.is_none()) {
            command.env(info.region_variable(), info.home_region());
        }
        command
    }

    /// Tells a command of the proxy and the CA of this cloud.
    pub fn reach(&self, command: &mut Command, home: &Home) {
        home.put("ca.pem", self.ca().unwrap());
        command.env("HTTPS_PROXY", format!("http://{}", self.addr));
        command.env("SSL_CERT_FILE", home.path("ca.pem"));
    }

    pub fn run(&self, home: &Home, arguments: &str) -> Ended {
        finish(self.command(home, arguments))
    }
}

/// Gives a command an identity of a cloud, in the variables of the vendor's own tools.
pub fn identify(command: &mut Command, cloud: &str, identity: Identity) {
    set_credential(command, cloud, identity.id, identity.secret, identity.token);
}
