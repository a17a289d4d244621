//! 提示：what to do about errors in arguments and keys, and about each kind of error.

/// Returns the translation of a hint.
#[expect(clippy::too_many_lines, reason = "a table")]
pub(super) fn translation(hint: &str) -> Option<&'static str> {
    Some(match hint {
        // The hints of the kinds of errors.
        "`keyimport --help` lists every option" => "`keyimport --help` 列出所有选项",
        "give the `.pub` file beside it" => "请使用同目录下的 `.pub` 文件",
        "copy the whole key again, or export it anew" => "请重新完整复制公钥，或重新导出",
        "give a plain public key, the `.pub` file that `ssh-keygen` writes" => {
            "请使用普通公钥，即 `ssh-keygen` 生成的 `.pub` 文件"
        }
        "set the variables of this cloud, or log in with its own command-line tool" => {
            "请设置该云的环境变量，或用其自带的命令行工具登录"
        }
        "fix the credential source named above, or unset it" => "请修正上述凭证来源，或取消设置",
        "check the access key id and the secret; look for a trailing space or newline from copy and paste" => {
            "请检查访问密钥 ID 和密钥，留意复制时多出的空格或换行"
        }
        "get a new session token and run again" => "请获取新的会话令牌后重新运行",
        "set the clock of this machine (NTP) and run again" => "请校准本机时钟（NTP）后重新运行",
        "allow this identity to import and list key pairs, or use another one" => {
            "请授予该身份导入和查询密钥对的权限，或换用其他身份"
        }
        "give another name with `--name`; nothing was changed" => {
            "请用 `--name` 指定其他名称；未做任何更改"
        }
        "use the name that holds the key, or leave `--name` out" => {
            "请使用已保存该公钥的名称，或去掉 `--name`"
        }
        "delete a key pair that is no longer used" => "请删除不再使用的密钥对",
        "it is safe to run again" => "可以放心重试",
        "run the same command again to settle it" => "请重新运行同一命令以确认结果",
        "every cloud accepts an RSA key of 2048 bits or more" => {
            "所有云都接受 2048 位及以上的 RSA 公钥"
        }
        "give another name with `--name`" => "请用 `--name` 指定其他名称",
        "choose another region with `--region`" => "请用 `--region` 选择其他地域",
        "change the value named above" => "请修改上述参数",
        "check the key pair in the cloud's console before you use it" => {
            "使用前请先在云控制台中检查该密钥对"
        }
        "`-vv` shows the exchange with the cloud" => "`-vv` 显示与云之间的请求和响应",

        // Arguments.
        "did you mean `{}`?" => "是否想输入 `{}`？",
        "choose from {}" => "可选值：{}",
        "write `{}`" => "请写作 `{}`",
        "leave one of them out" => "请去掉其中一个",
        "leave the others out" => "请去掉其他参数",
        "give it once" => "只能指定一次",
        "leave the value out" => "请去掉该值",
        "only paths may contain other bytes" => "只有路径可以包含其他字节",
        "write `--tag KEY=VALUE`" => "请写作 `--tag KEY=VALUE`",
        "the default is 5" => "默认值为 5",
        "the default is 64" => "默认值为 64",
        "write a duration such as `500ms`, `60s` or `2m`" => {
            "请写作时长，例如 `500ms`、`60s` 或 `2m`"
        }
        "write a duration from `1ms` to `60m`" => "请写作 `1ms` 到 `60m` 之间的时长",
        "give one with `--provider`, or several with `--to`: {}" => {
            "请用 `--provider` 指定一个，或用 `--to` 指定多个：{}"
        }
        "give one cloud at a time, and repeat `{}`" => "请每次指定一个云，可重复使用 `{}`",
        "give one with `{}`, or set `{}`" => "请用 `{}` 指定，或设置 `{}`",
        "write `--to CLOUD/REGION,REGION` for each cloud" => {
            "请为每个云写一个 `--to CLOUD/REGION,REGION`"
        }
        "write `{}`: each cloud has a `--to` of its own" => "请写作 `{}`：每个云各用一个 `--to`",
        "write a list with commas and without spaces, such as `{}{}`" => {
            "列表以逗号分隔且不含空格，例如 `{}{}`"
        }
        "name every region, such as `--to {}/{}`" => "请写出每个地域，例如 `--to {}/{}`",
        "write `--endpoint CLOUD=URL`" => "请写作 `--endpoint CLOUD=URL`",
        "select it with `--to {}`, or leave its endpoint out" => {
            "请用 `--to {}` 选择该云，或去掉其接入地址"
        }
        "give it once; `{region}` in it stands for each region" => {
            "只能指定一次；其中的 `{region}` 代表各地域"
        }
        "leave out everything before the `@`: no address takes a secret" => {
            "请去掉 `@` 及其之前的内容：地址中不能包含密钥"
        }
        "write `https://HOST[:PORT]`; `{region}` in it is filled in" => {
            "请写作 `https://HOST[:PORT]`；其中的 `{region}` 会替换为地域"
        }
        "{}'s region for {} is `{}`" => "{}：{} 对应的地域是 `{}`",
        "{} has no region in {}; in {} it has {}" => "{}：{} 没有地域；{} 有 {}",
        "check the region; `keyimport --list-regions --to {}` lists them" => {
            "请检查地域；`keyimport --list-regions --to {}` 可列出地域"
        }
        "a region id has 1 to 63 lower-case letters, digits and hyphens, such as `cn-beijing`" => {
            "地域 ID 由 1 到 63 个小写字母、数字和连字符组成，例如 `cn-beijing`"
        }
        "a region id is a name such as `cn-beijing`" => "地域 ID 是形如 `cn-beijing` 的名称",
        "give another value with `{}`" => "请用 `{}` 指定其他值",
        "leave out `{}` for {}" => "请对 {1} 去掉 `{0}`",
        "type the value again, on one line" => "请重新输入该值，写在一行内",
        "remove the quotes: a shell takes them off, but here they are part of the value" => {
            "请去掉引号：shell 会去掉引号，但在这里引号是值的一部分"
        }
        "remove the quotes" => "请去掉引号",

        // Keys and their names.
        "nothing was sent" => "未发送任何内容",
        "give a public key file, or `-` for standard input" => {
            "请指定公钥文件，或用 `-` 表示标准输入"
        }
        "give the path of a public key file, or `-` for standard input" => {
            "请指定公钥文件的路径，或用 `-` 表示标准输入"
        }
        "give the path of a public key file, or pipe the key into `-`" => {
            "请指定公钥文件的路径，或将公钥通过管道传给 `-`"
        }
        "is a variable unset? give the path of a public key file, or `-`" => {
            "是否有变量未设置？请指定公钥文件的路径，或 `-`"
        }
        "pipe a public key into the command, or give a file" => "请将公钥通过管道传入，或指定文件",
        "nothing was sent, but others on this machine can see arguments; give the path of the `.pub` file, or pipe it into `-`" => {
            "未发送任何内容，但本机其他用户可以看到命令行参数；请指定 `.pub` 文件的路径，或通过管道传给 `-`"
        }
        "give the public key beside it: {}" => "请使用同目录下的公钥：{}",
        "the path contains quotes; give `{}` without them" => {
            "路径中含有引号；请写作不带引号的 `{}`"
        }
        "a file for the sandbox needs `=`: `--sandbox=FILE`" => {
            "沙箱的状态文件须用 `=` 指定：`--sandbox=FILE`"
        }
        "`--timeout` gives it more time" => "可用 `--timeout` 延长时间",
        "nothing was sent; it is safe to run again" => "未发送任何内容，可以放心重试",
        "`--all-keys` imports all of them" => "`--all-keys` 导入全部公钥",
        "nothing was sent; give another value, in words" => "未发送任何内容；请改用普通文字",
        "nothing was sent; rename the file, or pipe it into `-`" => {
            "未发送任何内容；请重命名文件，或通过管道传给 `-`"
        }
        "write `{}` where each key's own name goes, or leave `--name` out" => {
            "请在各公钥自己的名称处写 `{}`，或去掉 `--name`"
        }
        "end each line with a comment of its own, which becomes the name, or pipe each key into `-` with a `--name`" => {
            "请在每行末尾写上各自的注释作为名称，或逐个通过管道传给 `-` 并指定 `--name`"
        }
        "import them one at a time with `--name`, or change their comments" => {
            "请用 `--name` 逐个导入，或修改注释"
        }
        "give a file that holds public keys alone" => "请使用只含公钥的文件",
        "give the key as text; `openssl pkey -pubin -in FILE -pubout` converts a public key in DER" => {
            "请提供文本格式的公钥；`openssl pkey -pubin -in FILE -pubout` 可转换 DER 格式的公钥"
        }
        "give an OpenSSH line such as `ssh-rsa AAAA…`, or a block in PEM or RFC 4716" => {
            "请提供形如 `ssh-rsa AAAA…` 的 OpenSSH 公钥，或 PEM、RFC 4716 格式的公钥"
        }
        "remove the marker" => "请删除该标记",
        "put each key on a line of its own; `--all-keys` imports several" => {
            "请每行只放一个公钥；`--all-keys` 可导入多个"
        }
        "nothing was sent; remove what follows the key, or give a comment in words" => {
            "未发送任何内容；请删除公钥后面的内容，或改用普通文字的注释"
        }
        "write `BEGIN` and `END` on lines of their own; `printf '%b'` turns `\\n` into line ends" => {
            "`BEGIN` 和 `END` 须各占一行；`printf '%b'` 可将 `\\n` 转换为换行"
        }
        "give the key that it certifies, a `.pub` file without `-cert` in its name" => {
            "请使用证书对应的公钥，即文件名中不含 `-cert` 的 `.pub` 文件"
        }
        "`openssl x509 -in FILE -pubkey -noout` prints the public key that it holds" => {
            "`openssl x509 -in FILE -pubkey -noout` 输出其中的公钥"
        }
        "`openssl req -in FILE -pubkey -noout` prints the public key that it holds" => {
            "`openssl req -in FILE -pubkey -noout` 输出其中的公钥"
        }
        "decrypt it first, and give what is inside if that is a public key" => {
            "请先解密；若其中是公钥，再导入"
        }
        "`ssh-keygen -t rsa -b 3072` makes a key that every cloud takes" => {
            "`ssh-keygen -t rsa -b 3072` 生成的密钥适用于所有云"
        }
        "give a file that holds an SSH public key alone" => "请使用只含一个 SSH 公钥的文件",
        "`gpg --export-ssh-key KEY-ID` prints the public key for SSH" => {
            "`gpg --export-ssh-key KEY-ID` 输出用于 SSH 的公钥"
        }
        "`{}` prints the public key that belongs to it" => "`{}` 输出对应的公钥",
        "give another key, or leave this cloud out" => "请换用其他公钥，或不导入该云",
        _ => return None,
    })
}
